import { Distribution } from '../../metadata/statistics/distribution.ts'
import { microseconds } from '../../metadata/statistics/rounding.ts'
import { outsideNodes, type RequestFilter } from '../../report/run/run-filter.ts'
import type { CostBlock } from '../../report/text/format-cost.ts'
import { costOfTrust, isPaidByTheHour, isRehearsed, isUnknownCost } from './cost-trust.ts'
import type { LedgerFold } from './ledger-fold.ts'
import { NumberSet } from './number-set.ts'
import { chosenRecords, errorOf, failedWithoutError, rowMatcher } from './request-filter.ts'

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
  /** The time of a machine comes on top of this cost; whose time it was cannot be told. */
  readonly isPaidByTheHour?: boolean
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
  readonly cells: readonly { readonly node: string; readonly model: string; readonly cost: CostBlock }[]
  readonly errors: readonly SliceError[]
  /** Answers by duration, in spans that grow by the same factor. */
  readonly durations: readonly { readonly fromSeconds: number; readonly toSeconds: number; readonly count: number }[]
}

/** The part of a run that a filter lets through. `weight`: how many requests each stands for. */
export function sliceOf(fold: LedgerFold, filter: RequestFilter, weight = 1): RunSlice {
  const { requests } = fold
  const matches = rowMatcher(requests, filter)
  const cells = new Map<number, Sum>()
  const errors = new Map<string, ErrorSum>()
  const durations = new Map<number, number>()
  const columns = requests.models.names.length + 1
  for (let row = 0; row < requests.count; row += 1) {
    if (!matches(row)) continue
    const cell = ((requests.node[row] ?? -1) + 1) * columns + (requests.model[row] ?? -1) + 1
    entryOf(cells, cell, () => new Sum()).add(requests, row)
    const error = errorOf(requests, row)
    if (error === undefined && requests.isTimed[row] === 1) countDuration(durations, requests.durationSeconds[row] ?? 0)
    if (error !== undefined) entryOf(errors, error, () => new ErrorSum()).add(cell)
  }
  const whole = new Sum()
  for (const sum of cells.values()) whole.merge(sum)
  const failed = failuresOf(fold, filter, whole)
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
  const scaled = (count: number) => Math.round(count * weight)
  return {
    whole: whole.result(weight),
    failedRecords: scaled(failed.total),
    nodes: parts(nodeOf).map(([node, sum]) => ({ node, ...sum.result(weight) })),
    models: parts(modelOf).map(([model, sum]) => ({ model, ...sum.result(weight) })),
    cells: [...cells].map(([cell, sum]) => ({ node: nodeOf(cell), model: modelOf(cell), cost: sum.cost(weight) })),
    errors: [...errors]
      .map(([error, sum]) => ({
        error,
        attempts: scaled(sum.attempts),
        failedRecords: scaled(failed.byError.get(error) ?? 0),
        nodes: sum.names(nodeOf),
        models: sum.names(modelOf),
      }))
      .sort((a, b) => b.failedRecords - a.failedRecords || b.attempts - a.attempts),
    durations: durationsOf(durations, weight),
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
  /** Of these what rehearsals would have cost. */
  rehearsedPicodollars = 0
  trust = 0
  unknownCosts = 0
  readonly records = new NumberSet()
  /** Of answers, in microseconds: told as the metadata file tells it. */
  readonly durations = new Distribution()

  add(requests: LedgerFold['requests'], row: number): void {
    const trust = requests.costTrust[row] ?? 0
    const picodollars = requests.costPicodollars[row] || 0
    this.requests += 1
    this.retries += (requests.resendCount[row] ?? 0) > 0 ? 1 : 0
    this.waitSeconds += requests.waitSeconds[row] || 0
    this.promptTokens += requests.promptTokens[row] ?? 0
    this.cachedTokens += requests.cachedTokens[row] ?? 0
    this.completionTokens += requests.completionTokens[row] ?? 0
    this.picodollars += picodollars
    if (isRehearsed(trust)) this.rehearsedPicodollars += picodollars
    this.trust |= trust
    if (isUnknownCost(trust)) this.unknownCosts += 1
    const record = requests.record[row] ?? -1
    if (record >= 0) this.records.add(record)
    if (requests.isAnswered[row] !== 1) return
    this.answers += 1
    if (requests.isTimed[row] === 1) this.durations.add(microseconds(requests.durationSeconds[row] ?? 0))
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
    this.rehearsedPicodollars += other.rehearsedPicodollars
    this.trust |= other.trust
    this.unknownCosts += other.unknownCosts
    this.records.merge(other.records)
    this.durations.merge(other.durations)
  }

  cost(weight: number): CostBlock {
    const unknown = Math.round(this.unknownCosts * weight)
    return {
      ...costOfTrust(this.picodollars * weight, this.trust, this.rehearsedPicodollars * weight),
      ...(unknown === 0 ? {} : { unpriced_requests: unknown }),
    }
  }

  result(weight: number): SliceSum {
    const { requests, answers, retries, promptTokens, cachedTokens, completionTokens } = this
    const scaled = (count: number) => Math.round(count * weight)
    const { p50, p95, max } = this.durations.statistics()
    const seconds = (value: number) => value / microsecondsPerSecond
    return {
      requests: scaled(requests),
      answers: scaled(answers),
      failedAttempts: scaled(requests - answers),
      retries: scaled(retries),
      waitSeconds: this.waitSeconds * weight,
      promptTokens: scaled(promptTokens),
      cachedTokens: scaled(cachedTokens),
      completionTokens: scaled(completionTokens),
      cost: this.cost(weight),
      ...(isPaidByTheHour(this.trust) ? { isPaidByTheHour: true } : {}),
      records: scaled(this.records.size),
      ...(this.durations.count === 0 ? {} : { latency: { p50: seconds(p50), p95: seconds(p95), max: seconds(max) } }),
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
function failuresOf(fold: LedgerFold, filter: RequestFilter, { records }: Sum) {
  const byError = new Map<string, number>()
  let total = 0
  const chosen = chosenRecords(fold, filter, records)
  fold.records.facts.forEach(({ errorType = failedWithoutError }, number) => {
    if (!chosen.hasFailed(number)) return
    total += 1
    byError.set(errorType, (byError.get(errorType) ?? 0) + 1)
  })
  return { byError, total }
}

const microsecondsPerSecond = 1e6
const spansPerDecade = 8

function countDuration(counts: Map<number, number>, seconds: number): void {
  const span = Math.floor(Math.log10(Math.max(seconds, 1e-6)) * spansPerDecade)
  counts.set(span, (counts.get(span) ?? 0) + 1)
}

function durationsOf(counts: ReadonlyMap<number, number>, weight: number): RunSlice['durations'] {
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
