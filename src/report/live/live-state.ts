import { type RequestCost, trustOf } from '../../metadata/cost.ts'
import {
  type BatchChange,
  type CacheHit,
  type ConcurrencyChange,
  isTimed,
  type MetadataEvent,
  type NodeEnd,
  type RecordEnd,
  type RequestEnd,
  succeeded,
} from '../../metadata/event.ts'
import { BusyTotals } from '../../metadata/totals/busy-totals.ts'
import { CostTotals } from '../../metadata/totals/cost-totals.ts'
import { completionTokensOf, promptTokensOf } from '../../metadata/usage.ts'
import { unpricedCause } from '../run/run-figures.ts'
import { gammaOf, indexOfSeconds, secondsOfBin } from '../text/latency-histogram.ts'
import { addSpending, createRecordCosts, endRecord, type RecordCosts } from './record-costs.ts'
import { type SilentModels, updateSilentModels } from './silent-models.ts'

/** What the live view knows of a run. It is changed in place, because every event of the run goes through it. */
export interface LiveState {
  startedAtMs: number | undefined
  endedAtMs: number | undefined
  records: number
  failedRecords: number
  requests: number
  answered: number
  retries: number
  /** Attempts that failed and were not retried, so far: one that is retried later is taken back then. */
  failures: number
  /** What kept answers have saved: in no other figure. */
  readonly avoided: AvoidedCounter
  promptTokens: number
  completionTokens: number
  /** Of the requests; a machine that is paid by the hour comes on top. */
  readonly cost: CostTotals
  readonly busy: BusyTotals
  /** Why costs are unknown: models without a price, or what answers did not say. */
  readonly unpricedCauses: Set<string>
  readonly recordCosts: RecordCosts
  /** Of calls, from the first try to the answer. */
  readonly latency: LatencyCounter
  readonly recordRate: RateWindow
  readonly tokenRate: RateWindow
  readonly nodes: Map<string, LiveNode>
  /** How many requests may be in flight to a provider at once. */
  readonly requestLimits: Map<string, RequestLimit>
  readonly silentModels: SilentModels
  /** What was handed in to providers, by the run's own name of it. */
  readonly batches: Map<string, BatchChange>
  /** The processes that do the records, by name; empty where it is one. */
  readonly workers: Map<string, LiveWorker>
}

export interface AvoidedCounter {
  requests: number
  picodollars: number
  /** What rehearsals saved: never added to money that would have been spent. */
  rehearsedPicodollars: number
  /** Of these the saved money, or a part of it, is not known. */
  unpricedRequests: number
}

export interface LiveWorker {
  host: string | undefined
  pid: number | undefined
  /** The file of the program, of a process that is watched. */
  program: string | undefined
  concurrency: number
  records: number
  requests: number
  readonly recordRate: RateWindow
  /** Requests that were announced and have not ended. */
  inFlight: number
  lastAtMs: number
  hasLeft: boolean
}

export type RequestLimit = Pick<ConcurrencyChange, 'limit' | 'reason'>

export interface LiveNode {
  executions: number
  failures: number
  readonly latency: LatencyCounter
}

export function createLiveState(): LiveState {
  return {
    startedAtMs: undefined,
    endedAtMs: undefined,
    records: 0,
    failedRecords: 0,
    requests: 0,
    answered: 0,
    retries: 0,
    failures: 0,
    avoided: { requests: 0, picodollars: 0, rehearsedPicodollars: 0, unpricedRequests: 0 },
    promptTokens: 0,
    completionTokens: 0,
    cost: new CostTotals(),
    busy: new BusyTotals(),
    unpricedCauses: new Set(),
    recordCosts: createRecordCosts(),
    latency: new LatencyCounter(),
    recordRate: new RateWindow(),
    tokenRate: new RateWindow(),
    nodes: new Map(),
    requestLimits: new Map(),
    silentModels: new Map(),
    batches: new Map(),
    workers: new Map(),
  }
}

/** Takes an event in, which happened at `nowMs`. */
export function updateLiveState(state: LiveState, event: MetadataEvent, nowMs: number): void {
  state.startedAtMs ??= event.type === 'run-start' ? event.startedAtMs : nowMs
  if ('worker' in event && event.worker !== undefined) updateWorker(state, { ...event, worker: event.worker }, nowMs)
  switch (event.type) {
    case 'request-end':
      addRequest(state, event, nowMs)
      break
    case 'batch-change':
      state.batches.set(event.batch, event)
      break
    case 'cache-hit':
      addHit(state.avoided, event)
      break
    case 'node-end':
      addNode(state, event)
      break
    case 'record-end':
      addRecord(state, event, nowMs)
      break
    case 'run-end':
      // Of a program one process may end while others go on.
      if (event.worker === undefined || [...state.workers.values()].every(({ hasLeft }) => hasLeft)) {
        state.endedAtMs = event.endedAtMs
      }
      break
    case 'run-start':
      state.endedAtMs = undefined
      break
    case 'dataset-open':
    case 'model-open':
    case 'request-start':
    case 'not-understood':
    case 'actor-end':
    case 'record-duplicate':
    case 'worker-start':
    case 'worker-end':
      break
    case 'concurrency-change':
      state.requestLimits.set(event.provider, { limit: event.limit, reason: event.reason })
      break
    default:
      event satisfies never
  }
}

function addHit(avoided: AvoidedCounter, { avoidedCost }: CacheHit): void {
  avoided.requests += 1
  if (avoidedCost?.status === 'simulated') avoided.rehearsedPicodollars += avoidedCost.picodollars
  else avoided.picodollars += avoidedCost?.picodollars ?? 0
  if (avoidedCost === undefined || avoidedCost.reason !== undefined) avoided.unpricedRequests += 1
}

function updateWorker(state: LiveState, event: MetadataEvent & { readonly worker: string }, nowMs: number): void {
  let worker = state.workers.get(event.worker)
  if (worker === undefined) {
    const counts = { concurrency: 0, records: 0, requests: 0, inFlight: 0, lastAtMs: nowMs, hasLeft: false }
    worker = { host: undefined, pid: undefined, program: undefined, recordRate: new RateWindow(), ...counts }
    state.workers.set(event.worker, worker)
  }
  worker.lastAtMs = nowMs
  if (event.type === 'request-start') worker.inFlight += 1
  else if (event.type === 'request-end') {
    worker.requests += 1
    if (event.isAnnounced) worker.inFlight -= 1
  } else if (event.type === 'record-end') {
    worker.records += 1
    worker.recordRate.add(1, nowMs)
  } else if (event.type === 'worker-start') {
    worker.concurrency = event.concurrency ?? 0
    worker.program = event.program
    worker.host = event.environment.host
    worker.pid = event.environment.pid
    worker.hasLeft = false
  } else if (event.type === 'worker-end') {
    worker.hasLeft = true
    worker.inFlight = 0
  }
}

function addRequest(state: LiveState, request: RequestEnd, nowMs: number): void {
  updateSilentModels(state.silentModels, request, nowMs)
  state.requests += 1
  if (request.resendCount > 0) {
    state.retries += 1
    // What is repeated was not the end of its call.
    if (request.repeatsAnswer) state.answered -= 1
    else state.failures -= 1
  }
  if (succeeded(request)) {
    state.answered += 1
    if (isTimed(request)) state.latency.add(request.callDurationSeconds ?? request.durationSeconds)
  } else {
    state.failures += 1
  }
  if (request.usage !== undefined) {
    const completionTokens = completionTokensOf(request.usage) ?? 0
    state.promptTokens += promptTokensOf(request.usage) ?? 0
    state.completionTokens += completionTokens
    state.tokenRate.add(completionTokens, nowMs)
  }
  const hasAnswer = request.status >= 200 && request.status < 300
  if (request.cost !== undefined) addCost(state, request.cost, request.recordId)
  else if (hasAnswer) state.cost.addUnknown()
  if (request.cost === undefined ? hasAnswer : trustOf(request.cost) === 'unpriced') {
    state.unpricedCauses.add(unpricedCause(request.model, request.cost?.reason))
  }
  state.busy.add(request)
}

function addCost(state: LiveState, cost: RequestCost, recordId: string | undefined): void {
  // Without the price, no receipt is kept: nobody sees it here, and it is most of the work.
  state.cost.add({ ...cost, price: undefined })
  if (recordId !== undefined) addSpending(state.recordCosts, recordId, cost.picodollars)
}

function addNode(state: LiveState, end: NodeEnd): void {
  let node = state.nodes.get(end.node)
  if (node === undefined) {
    node = { executions: 0, failures: 0, latency: new LatencyCounter() }
    state.nodes.set(end.node, node)
  }
  node.executions += 1
  if (!end.succeeded) node.failures += 1
  node.latency.add(end.durationSeconds)
}

function addRecord(state: LiveState, end: RecordEnd, nowMs: number): void {
  state.records += 1
  // The failure may have been in a session that this view has not seen.
  if (end.repeatsFailure && state.failedRecords > 0) {
    state.records -= 1
    state.failedRecords -= 1
  }
  if (!end.succeeded) state.failedRecords += 1
  state.recordRate.add(1, nowMs)
  endRecord(state.recordCosts, end.recordId, end.costPicodollars)
}

const relativeAccuracy = 0.01
const maxSeconds = 1e5
const binCount = Math.ceil(Math.log(maxSeconds * 1e6) / Math.log(gammaOf(relativeAccuracy))) + 1

/** Counts durations for percentiles within 1 %, in the same few kilobytes however many there are. */
export class LatencyCounter {
  readonly #bins = new Uint32Array(binCount)
  #count = 0
  #min = Number.POSITIVE_INFINITY
  #max = 0

  get count(): number {
    return this.#count
  }

  add(seconds: number): void {
    this.#count += 1
    if (seconds < this.#min) this.#min = seconds
    if (seconds > this.#max) this.#max = seconds
    // What is shorter than a microsecond is counted as one; the smallest value itself is kept apart.
    const index = seconds > 1e-6 ? Math.min(indexOfSeconds(seconds, relativeAccuracy), binCount - 1) : 0
    this.#bins[index] = (this.#bins[index] ?? 0) + 1
  }

  /** The duration below which a share of all lies; undefined when there are none. */
  quantile(share: number): number | undefined {
    if (this.#count === 0) return undefined
    const rank = share * (this.#count - 1)
    let seen = 0
    for (let index = 0; index < binCount; index += 1) {
      seen += this.#bins[index] ?? 0
      if (seen > rank) return Math.min(this.#max, Math.max(this.#min, secondsOfBin(index, relativeAccuracy)))
    }
    return this.#max
  }
}

const bucketCount = 30
const bucketMs = 1000

/** How fast something goes: amounts of the last 30 seconds, a bucket for each. */
export class RateWindow {
  readonly #amounts = new Float64Array(bucketCount)
  readonly #seconds = new Float64Array(bucketCount)
  #firstAtMs: number | undefined

  add(amount: number, nowMs: number): void {
    this.#firstAtMs ??= nowMs
    const second = Math.floor(nowMs / bucketMs)
    const bucket = second % bucketCount
    if (this.#seconds[bucket] !== second) {
      this.#seconds[bucket] = second
      this.#amounts[bucket] = 0
    }
    this.#amounts[bucket] = (this.#amounts[bucket] ?? 0) + amount
  }

  /** The amount of the last 30 seconds. */
  amount(nowMs: number): number {
    const oldest = Math.floor(nowMs / bucketMs) - bucketCount
    return this.#amounts.reduce(
      (sum, amount, bucket) => ((this.#seconds[bucket] ?? 0) > oldest ? sum + amount : sum),
      0,
    )
  }

  /** Seconds that the amount is of: 30, or fewer at the beginning. */
  lengthSeconds(nowMs: number, startedAtMs: number = this.#firstAtMs ?? nowMs): number {
    return Math.min(bucketCount, Math.max(0, (nowMs - startedAtMs) / 1000))
  }
}
