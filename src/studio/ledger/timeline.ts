import { picodollarsPerUsd } from '../../metadata/cost.ts'
import type { RequestFilter } from '../../report/run/run-filter.ts'
import { rowMatcher } from './request-filter.ts'
import type { RequestTable } from './request-table.ts'

/** Requests over time, in spans of equal length. */
export interface Timeline {
  readonly fromMs: number
  readonly spanMs: number
  /** Requests that ended in the span, by how they ended. */
  readonly answered: readonly number[]
  readonly limited: readonly number[]
  readonly failed: readonly number[]
  /** Requests in flight, and calls that wait to repeat one: the mean over the span. */
  readonly inFlight: readonly number[]
  readonly waiting: readonly number[]
  readonly completionTokens: readonly number[]
  readonly costUsd: readonly number[]
  /** Every request, where they are few enough to be drawn one by one. */
  readonly requests?: readonly TimelineRequest[]
}

export interface TimelineRequest {
  readonly startedAtMs: number
  readonly durationSeconds: number
  readonly status: number
  readonly isAnswered: boolean
  readonly model: string
  readonly node?: string
  readonly recordId?: string
}

export interface TimelineWindow {
  readonly fromMs: number
  readonly toMs: number
  readonly spans: number
}

export interface TimelineInput {
  readonly requests: RequestTable
  /** Ids of records by number. */
  readonly recordIds: readonly string[]
  /** How many requests each one stands for; more than 1 where the ledger was only sampled. */
  readonly weight: number
  /** Only these requests; its window is that of the timeline. */
  readonly filter?: RequestFilter
}

/** So many bars fit on a screen, one below the other. */
const maxRequests = 400
const tooManyRequests = 429

/** Requests over a window of time. One that is partly in it counts for that part. */
export function timelineOf(input: TimelineInput, { fromMs, toMs, spans }: TimelineWindow): Timeline {
  const { requests, weight, filter = {} } = input
  const matches = rowMatcher(requests, { ...filter, fromMs: undefined, toMs: undefined })
  const spanMs = (toMs - fromMs) / spans
  const [answered, limited, failed, completionTokens, costUsd] = Array.from({ length: 5 }, () => zeros(spans))
  const inFlight = new OverlapSum(spans)
  const waiting = new OverlapSum(spans)
  const rows: number[] = []
  for (let row = 0; row < requests.count; row += 1) {
    if (!matches(row)) continue
    const startedAtMs = requests.startedAtMs[row] ?? 0
    const endedAtMs = startedAtMs + (requests.durationSeconds[row] ?? 0) * 1000
    const startedAt = (startedAtMs - fromMs) / spanMs
    const endedAt = (endedAtMs - fromMs) / spanMs
    const wait = ((requests.waitSeconds[row] ?? 0) * 1000) / spanMs
    if (wait > 0) waiting.add(startedAt - wait, startedAt)
    if (endedAtMs < fromMs || startedAtMs > toMs) continue
    inFlight.add(startedAt, endedAt)
    if (rows.length <= maxRequests) rows.push(row)
    if (endedAtMs > toMs) continue
    // The end of the window belongs to its last span, so that the last request is not lost; a quotient may be rounded beyond it.
    const index = Math.min(Math.floor(endedAt), spans - 1)
    const outcome = requests.isAnswered[row] ? answered : requests.status[row] === tooManyRequests ? limited : failed
    increase(outcome, index, weight)
    increase(completionTokens, index, weight * (requests.completionTokens[row] ?? 0))
    increase(costUsd, index, (weight * (requests.costPicodollars[row] || 0)) / picodollarsPerUsd)
  }
  return {
    fromMs,
    spanMs,
    answered: answered ?? [],
    limited: limited ?? [],
    failed: failed ?? [],
    inFlight: inFlight.sums(weight),
    waiting: waiting.sums(weight),
    completionTokens: completionTokens ?? [],
    costUsd: costUsd ?? [],
    ...(rows.length <= maxRequests && weight === 1 ? { requests: rows.map((row) => requestAt(input, row)) } : {}),
  }
}

/** How much intervals overlap each of the spans between whole numbers. The cost of one does not depend on its length. */
class OverlapSum {
  readonly #parts: number[]
  /** Change of the number of intervals that cover a span wholly. */
  readonly #changes: number[]

  constructor(spans: number) {
    this.#parts = zeros(spans)
    this.#changes = zeros(spans + 1)
  }

  add(from: number, to: number): void {
    const start = Math.max(0, from)
    const end = Math.min(this.#parts.length, to)
    if (!(end > start)) return
    const [first, last] = [Math.floor(start), Math.min(Math.floor(end), this.#parts.length - 1)]
    if (first === last) {
      increase(this.#parts, first, end - start)
      return
    }
    increase(this.#parts, first, first + 1 - start)
    increase(this.#parts, last, end - last)
    increase(this.#changes, first + 1, 1)
    increase(this.#changes, last, -1)
  }

  sums(weight: number): number[] {
    let covering = 0
    return this.#parts.map((part, span) => {
      covering += this.#changes[span] ?? 0
      return (covering + part) * weight
    })
  }
}

function requestAt({ requests, recordIds }: TimelineInput, row: number): TimelineRequest {
  const node = requests.nodes.names[requests.node[row] ?? -1]
  const recordId = recordIds[requests.record[row] ?? -1]
  return {
    startedAtMs: requests.startedAtMs[row] ?? 0,
    durationSeconds: requests.durationSeconds[row] ?? 0,
    status: requests.status[row] ?? 0,
    isAnswered: requests.isAnswered[row] === 1,
    model: requests.models.names[requests.model[row] ?? -1] ?? '',
    ...(node === undefined ? {} : { node }),
    ...(recordId === undefined ? {} : { recordId }),
  }
}

function zeros(length: number): number[] {
  return new Array<number>(length).fill(0)
}

function increase(values: number[] | undefined, index: number, amount: number): void {
  if (values !== undefined) values[index] = (values[index] ?? 0) + amount
}
