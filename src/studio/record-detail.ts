import type { LedgerFold } from './ledger-fold.ts'
import type { RecordRow } from './record-list.ts'

/** One record, with every attempt that was made for it. */
export interface RecordDetail {
  readonly record: RecordRow
  readonly calls: readonly RecordCall[]
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
  /** Left out when no price is known. */
  readonly costPicodollars?: number
}

/** A record's calls in the order they began; undefined for a record that is not in the ledger. */
export function detailRecord({ requests, records }: LedgerFold, recordId: string): RecordDetail | undefined {
  const number = records.ids.numberOf(recordId)
  const facts = number === undefined ? undefined : records.facts[number]
  if (number === undefined || facts === undefined) return undefined
  const byCall = new Map<number, number[]>()
  for (let row = 0; row < requests.count; row += 1) {
    if (requests.record[row] !== number) continue
    const call = requests.call[row] ?? 0
    byCall.set(call, [...(byCall.get(call) ?? []), row])
  }
  const calls = [...byCall.values()].map((rows) => callOf(requests, rows))
  calls.sort((a, b) => (a.attempts[0]?.startedAtMs ?? 0) - (b.attempts[0]?.startedAtMs ?? 0))
  return { record: { recordId, ...facts }, calls }
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
  return {
    startedAtMs: requests.startedAtMs[row] ?? 0,
    durationSeconds: requests.durationSeconds[row] ?? 0,
    waitSeconds: ifNumber(requests.waitSeconds[row]),
    timeToFirstTokenSeconds: ifNumber(requests.timeToFirstTokenSeconds[row]),
    status: requests.status[row] ?? 0,
    isAnswered: requests.isAnswered[row] === 1,
    resendCount: requests.resendCount[row] ?? 0,
    errorType: requests.errorTypes.names[requests.errorType[row] ?? -1],
    finishReason: requests.finishReasons.names[requests.finishReason[row] ?? -1],
    promptTokens: requests.promptTokens[row] ?? 0,
    completionTokens: requests.completionTokens[row] ?? 0,
    cachedTokens: requests.cachedTokens[row] ?? 0,
    reasoningTokens: requests.reasoningTokens[row] ?? 0,
    costPicodollars: ifNumber(requests.costPicodollars[row]),
  }
}
