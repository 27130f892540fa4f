import type { CostBlock } from '../../report/text/format-cost.ts'
import { costOfTrust } from './cost-trust.ts'
import type { LedgerFold } from './ledger-fold.ts'
import { type RecordRow, recordRow } from './record-list.ts'
import { errorOf } from './request-filter.ts'

/** One record, with every attempt that was made for it. */
export interface RecordDetail {
  readonly record: RecordRow
  readonly calls: readonly RecordCall[]
  /** Why it failed, in the words of the file beside the output, without secrets. */
  readonly failure?: string
  /** What it was given and what it gave; only where whoever started the studio wants it shown. */
  readonly texts?: RecordTexts
}

/** The data of a record, value by value as text. */
export interface RecordTexts {
  readonly source?: Readonly<Record<string, string>>
  readonly output?: Readonly<Record<string, string>>
  /** The templates of the task with the row put in. */
  readonly prompts: readonly { readonly node: string; readonly role: string; readonly text: string }[]
}

/** What the program asked of a model, and the attempts it took. */
export interface RecordCall {
  readonly model: string
  readonly node?: string
  readonly attempts: readonly RecordAttempt[]
}

export interface RecordAttempt {
  readonly startedAtMs: number
  readonly durationSeconds: number
  readonly waitSeconds?: number
  readonly timeToFirstTokenSeconds?: number
  readonly status: number
  readonly isAnswered: boolean
  readonly resendCount: number
  readonly errorType?: string
  readonly finishReason?: string
  readonly promptTokens: number
  readonly completionTokens: number
  readonly cachedTokens: number
  readonly reasoningTokens: number
  /** With a status of its own; left out where there was nothing to pay for. */
  readonly cost?: CostBlock
  /** Why the cost is not known, or not whole. */
  readonly costReason?: string
}

/** A record's calls in the order they began; undefined for a record that is not in the ledger. */
export function detailRecord({ requests, records }: LedgerFold, recordId: string): RecordDetail | undefined {
  const number = records.ids.numberOf(recordId)
  const record = number === undefined ? undefined : recordRow(records, number)
  if (number === undefined || record === undefined) return undefined
  const byCall = new Map<number, number[]>()
  for (let row = 0; row < requests.count; row += 1) {
    if (requests.record[row] !== number) continue
    const call = requests.call[row] ?? 0
    byCall.set(call, [...(byCall.get(call) ?? []), row])
  }
  const calls = [...byCall.values()].map((rows) => callOf(requests, rows))
  calls.sort((a, b) => (a.attempts[0]?.startedAtMs ?? 0) - (b.attempts[0]?.startedAtMs ?? 0))
  return { record, calls }
}

function callOf(requests: LedgerFold['requests'], rows: readonly number[]): RecordCall {
  const [first = 0] = rows
  const node = requests.nodes.names[requests.node[first] ?? -1]
  const attempts = rows.map((row) => attemptOf(requests, row)).sort((a, b) => a.startedAtMs - b.startedAtMs)
  return {
    model: requests.models.names[requests.model[first] ?? -1] ?? '',
    ...(node === undefined ? {} : { node }),
    attempts,
  }
}

function attemptOf(requests: LedgerFold['requests'], row: number): RecordAttempt {
  const ifNumber = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? undefined : value)
  const trust = requests.costTrust[row] ?? 0
  return {
    startedAtMs: requests.startedAtMs[row] ?? 0,
    durationSeconds: requests.durationSeconds[row] ?? 0,
    waitSeconds: ifNumber(requests.waitSeconds[row]),
    timeToFirstTokenSeconds: ifNumber(requests.timeToFirstTokenSeconds[row]),
    status: requests.status[row] ?? 0,
    isAnswered: requests.isAnswered[row] === 1,
    resendCount: requests.resendCount[row] ?? 0,
    errorType: errorOf(requests, row),
    finishReason: requests.finishReasons.names[requests.finishReason[row] ?? -1],
    promptTokens: requests.promptTokens[row] ?? 0,
    completionTokens: requests.completionTokens[row] ?? 0,
    cachedTokens: requests.cachedTokens[row] ?? 0,
    reasoningTokens: requests.reasoningTokens[row] ?? 0,
    cost: trust === 0 ? undefined : costOfTrust(ifNumber(requests.costPicodollars[row]) ?? 0, trust),
    costReason: requests.costReasons.names[requests.costReason[row] ?? -1],
  }
}
