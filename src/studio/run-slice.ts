import { outsideNodes } from '../report/run/outside-nodes.ts'
import type { CostBlock } from '../report/text/format-cost.ts'
import { costOfTrust, isUnknownCost } from './cost-trust.ts'
import type { LedgerFold } from './ledger-fold.ts'
import { errorOf, type RequestFilter, rowMatcher } from './request-filter.ts'

/** What the requests of a part of a run come to. */
export interface SliceSum {
  readonly requests: number
  readonly answers: number
  readonly failedAttempts: number
  readonly retries: number
  /** Waited before retries, all calls together. */
  readonly waitSeconds: number
  readonly promptTokens: number
  readonly cachedTokens: number
  readonly completionTokens: number
  readonly cost: CostBlock
  readonly records: number
  /** Of answers; left out without any. */
  readonly latency?: { readonly p50: number; readonly p95: number; readonly max: number }
}

export interface SlicePart extends SliceSum {
  readonly node?: string
  readonly model?: string
}

export interface SliceError {
  readonly error: string
  readonly attempts: number
  /** Records that ended with it. */
  readonly failedRecords: number
  /** Where it happened, the most frequent first. */
  readonly nodes: readonly string[]
  readonly models: readonly string[]
}

/** A part of a run, in sums: as a whole, by node, by model, by both, by error, by duration. */
export interface RunSlice {
  readonly whole: SliceSum
  readonly failedRecords: number
  readonly nodes: readonly SlicePart[]
  readonly models: readonly SlicePart[]
  readonly cells: readonly SlicePart[]
  readonly errors: readonly SliceError[]
  /** Answers by duration, in spans that grow by the same factor. */
  readonly durations: readonly { readonly fromSeconds: number; readonly toSeconds: number; readonly count: number }[]
}

/** The part of a run that a filter lets through. `weight`: how many requests each stands for. */
export function sliceOf({ requests, records }: LedgerFold, filter: RequestFilter, weight = 1): RunSlice {
  const matches = rowMatcher(requests, filter)
  const whole = new Sum()
  const cells = new Map<number, Sum>()
  const errors = new Map<string, ErrorSum>()
  const columns = requests.models.names.length + 1
  for (let row = 0; row < requests.count; row += 1) {
    if (!matches(row)) continue
    const cell = ((requests.node[row] ?? -1) + 1) * columns + (requests.model[row] ?? -1) + 1
    const sum = entryOf(cells, cell, () => new Sum())
    whole.add(requests, row)
    sum.add(requests, row)
    const error = errorOf(requests, row)
    if (error === undefined) continue
    entryOf(errors, error, () => new ErrorSum()).add(cell)
  }
  const failed = failuresOf(records, filter, whole)
  for (const error of failed.byError.keys()) if (!errors.has(error)) errors.set(error, new ErrorSum())
  const nodeOf = (cell: number) => requests.nodes.names[Math.floor(cell / columns) - 1] ?? outsideNodes
  const modelOf = (cell: number) => requests.models.names[(cell % columns) - 1] ?? ''
  const parts = (nameOf: (cell: number) => string) => {
    const sums = new Map<string, Sum>()
    for (const [cell, sum] of cells) {
      entryOf(sums, nameOf(cell), () => new Sum()).merge(sum)
    }
    return [...sums].sort(([, a], [, b]) => b.picodollars - a.picodollars || b.requests - a.requests)
  }
  return {
    whole: whole.result(weight),
    failedRecords: failed.total,
    nodes: parts(nodeOf).map(([node, sum]) => ({ node, ...sum.result(weight) })),
    models: parts(modelOf).map(([model, sum]) => ({ model, ...sum.result(weight) })),
    cells: [...cells].map(([cell, sum]) => ({ node: nodeOf(cell), model: modelOf(cell), ...sum.result(weight) })),
    errors: [...errors]
      .map(([error, sum]) => ({
        error,
        attempts: Math.round(sum.attempts * weight),
        failedRecords: failed.byError.get(error) ?? 0,
        nodes: sum.names(nodeOf),
        models: sum.names(modelOf),
      }))
      .sort((a, b) => b.failedRecords - a.failedRecords || b.attempts - a.attempts),
    durations: durationsOf(whole.seconds, weight),
  }
}

function entryOf<Key, Value>(entries: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = entries.get(key)
  if (known !== undefined) return known
  const made = make()
  entries.set(key, made)
  return made
}

class Sum {
  requests = 0
  answers = 0
  retries = 0
  waitSeconds = 0
  promptTokens = 0
  cachedTokens = 0
  completionTokens = 0
  picodollars = 0
  trust = 0
  unknownCosts = 0
  readonly records = new Set<number>()
  seconds: number[] = []

  add(requests: LedgerFold['requests'], row: number): void {
    const trust = requests.costTrust[row] ?? 0
    this.requests += 1
    this.retries += (requests.resendCount[row] ?? 0) > 0 ? 1 : 0
    this.waitSeconds += requests.waitSeconds[row] || 0
    this.promptTokens += requests.promptTokens[row] ?? 0
    this.cachedTokens += requests.cachedTokens[row] ?? 0
    this.completionTokens += requests.completionTokens[row] ?? 0
    this.picodollars += requests.costPicodollars[row] || 0
    this.trust |= trust
    if (isUnknownCost(trust)) this.unknownCosts += 1
    const record = requests.record[row] ?? -1
    if (record >= 0) this.records.add(record)
    if (requests.isAnswered[row] !== 1) return
    this.answers += 1
    this.seconds.push(requests.durationSeconds[row] ?? 0)
  }

  merge(other: Sum): void {
    this.requests += other.requests
    this.answers += other.answers
    this.retries += other.retries
    this.waitSeconds += other.waitSeconds
    this.promptTokens += other.promptTokens
    this.cachedTokens += other.cachedTokens
    this.completionTokens += other.completionTokens
    this.picodollars += other.picodollars
    this.trust |= other.trust
    this.unknownCosts += other.unknownCosts
    for (const record of other.records) this.records.add(record)
    this.seconds = this.seconds.concat(other.seconds)
  }

  result(weight: number): SliceSum {
    const { requests, answers, retries, promptTokens, cachedTokens, completionTokens } = this
    const scaled = (count: number) => Math.round(count * weight)
    const unknown = scaled(this.unknownCosts)
    return {
      requests: scaled(requests),
      answers: scaled(answers),
      failedAttempts: scaled(requests - answers),
      retries: scaled(retries),
      waitSeconds: this.waitSeconds * weight,
      promptTokens: scaled(promptTokens),
      cachedTokens: scaled(cachedTokens),
      completionTokens: scaled(completionTokens),
      cost: {
        ...costOfTrust(this.picodollars * weight, this.trust),
        ...(unknown === 0 ? {} : { unpriced_requests: unknown }),
      },
      records: scaled(this.records.size),
      ...(answers === 0 ? {} : { latency: percentilesOf(this.seconds) }),
    }
  }
}

class ErrorSum {
  attempts = 0
  readonly #cells = new Map<number, number>()

  add(cell: number): void {
    this.attempts += 1
    this.#cells.set(cell, (this.#cells.get(cell) ?? 0) + 1)
  }

  names(nameOf: (cell: number) => string): string[] {
    const counts = new Map<string, number>()
    for (const [cell, count] of this.#cells) counts.set(nameOf(cell), (counts.get(nameOf(cell)) ?? 0) + count)
    return [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name)
  }
}

/** The records that failed, of those that are looked at. */
function failuresOf({ facts, nodes }: LedgerFold['records'], filter: RequestFilter, { records }: Sum) {
  const byError = new Map<string, number>()
  let total = 0
  const { error, node } = filter
  const isOpen = Object.values(filter).every((value) => value === undefined)
  facts.forEach(({ succeeded, errorType = 'failed', failedNode }, number) => {
    if (succeeded !== false) return
    const failedAt = nodes.names[failedNode]
    const isThere = node === undefined || failedAt === node || failedAt?.startsWith(`${node}.`)
    const isIn = isOpen || (records.has(number) && isThere && (error === undefined || errorType === error))
    if (!isIn) return
    total += 1
    byError.set(errorType, (byError.get(errorType) ?? 0) + 1)
  })
  return { byError, total }
}

function percentilesOf(seconds: readonly number[]) {
  const sorted = Float32Array.from(seconds).sort()
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { p50: at(0.5), p95: at(0.95), max: sorted.at(-1) ?? 0 }
}

const spansPerDecade = 8

function durationsOf(seconds: readonly number[], weight: number): RunSlice['durations'] {
  const counts = new Map<number, number>()
  for (const value of seconds) {
    const span = Math.floor(Math.log10(Math.max(value, 1e-6)) * spansPerDecade)
    counts.set(span, (counts.get(span) ?? 0) + 1)
  }
  if (counts.size === 0) return []
  const spans = [...counts.keys()]
  const [first, last] = [Math.min(...spans), Math.max(...spans)]
  return Array.from({ length: last - first + 1 }, (_, offset) => {
    const span = first + offset
    return {
      fromSeconds: 10 ** (span / spansPerDecade),
      toSeconds: 10 ** ((span + 1) / spansPerDecade),
      count: Math.round((counts.get(span) ?? 0) * weight),
    }
  })
}
