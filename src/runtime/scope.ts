import { AsyncLocalStorage } from 'node:async_hooks'
import type { PriceBook } from '../pricing/index.ts'
import type { ActorPlace } from './actors.ts'
import type { CollectionSwitch } from './collector/collector-options.ts'
import { MetadataCollector } from './collector/metadata-collector.ts'
import { isDisabledByEnvironment } from './settings.ts'

/** Where we are: which run, record, node and call a request belongs to. Frozen; a deeper place is a new scope. */
export interface Scope extends ActorPlace {
  readonly collector: MetadataCollector
  readonly record?: RecordScope
  readonly node?: string
  readonly operation?: Operation
  readonly model?: ModelIdentity
  /** The user's own prices that hold for the run. */
  readonly prices?: PriceBook
  /** Gives why a request must not be sent, where the run has limits and they are reached. */
  readonly refuse?: () => Error | undefined
  /** Takes what a client would send, and gives its answer, in place of the wire: for calls that are handed in with others. */
  readonly sendLater?: (init: { readonly body?: unknown } | undefined) => Promise<Response>
  /** Set within a fetch that is already being observed, so that one inside it is not counted again. */
  readonly isObserved?: boolean
  /** Set within a call that a layer above the wire watches: it learns here whether the wire has seen a request. */
  readonly counter?: RequestCounter
}

/** Counts the requests that were seen within a watched call, and within those around it. */
export interface RequestCounter {
  requests: number
  readonly outer?: RequestCounter
}

/** The record in work and what its requests have cost so far. */
export interface RecordScope {
  readonly id: string
  /** Position in the source, from 0; undefined where there is none. */
  readonly index?: number
  costPicodollars: number
  /** How many calls each node has made for it, by the node's name and the model's; where that is counted. */
  calls?: Map<string, number>
}

/** One call to a model by a caller that retries itself: all requests within are attempts of this call. */
export interface Operation {
  readonly callId: string
  attempts: number
  /** Monotonic seconds at which the first attempt was sent. */
  startedAt?: number
  /** Monotonic seconds at which the last attempt ended. */
  endedAt?: number
  /** Where its answer is to be kept, in a run that keeps answers. */
  cacheSlot?: string
  /** The last attempt had an answer; if another one follows, the caller could not use it. */
  hasAnswer?: boolean
}

/** What the caller calls a model, and what it knows of it that the wire does not tell. */
export interface ModelIdentity {
  readonly name: string
  readonly type?: string
  readonly provider?: string
  /** Several when requests are shared among them. */
  readonly url?: string | readonly string[]
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Prices of the user's own. */
  readonly prices?: PriceBook
}

/** What the process holds. Two copies of the package share it, as under `--import`. */
interface ProcessState {
  readonly storage: AsyncLocalStorage<Scope>
  readonly collection: CollectionSwitch
  /** What happens outside runs. */
  readonly outside: MetadataCollector
  lastStarted: MetadataCollector | undefined
  lastCallNumber: number
  readonly prices: ProcessPrices
}

/** The user's own prices for what happens outside workflows. */
interface ProcessPrices {
  book: PriceBook | undefined
  /** Somebody has looked for them. */
  isAsked: boolean
  loading: Promise<void> | undefined
}

const stateKey = Symbol.for('sygra.process-state.2')

function processState(): ProcessState {
  const holder = globalThis as { [stateKey]?: ProcessState }
  let state = holder[stateKey]
  if (state === undefined) {
    const collection: CollectionSwitch = { isEnabled: undefined }
    state = {
      storage: new AsyncLocalStorage(),
      collection,
      outside: new MetadataCollector({ collection }),
      lastStarted: undefined,
      lastCallNumber: 0,
      prices: { book: undefined, isAsked: false, loading: undefined },
    }
    holder[stateKey] = state
    state.outside.beforeNextEvent(startProcessRun)
  }
  return state
}

/** Under it a watched process keeps the function that makes a run of what happens outside runs. */
const starterKey = Symbol.for('sygra.start-process-run')

// Whichever copy of the package comes to the first event, it is the copy that watches the process that keeps the account.
function startProcessRun(): void {
  const start: unknown = Reflect.get(globalThis, starterKey)
  if (typeof start !== 'function') return
  try {
    start()
  } catch {}
}

/** The scope of the caller; undefined outside runs. */
export function currentScope(): Scope | undefined {
  return processState().storage.getStore()
}

/** The scope of the caller, or that of what happens outside runs. */
export function currentOrOutsideScope(): Scope {
  const state = processState()
  return state.storage.getStore() ?? { collector: state.outside }
}

/** Runs a function, and everything it starts, in a scope. */
export function runInScope<Result>(scope: Scope, run: () => Result): Result {
  return processState().storage.run(Object.freeze(scope), run)
}

/** Runs a function in the scope of the caller with some of it replaced. */
export function runWithin<Result>(part: Partial<Scope>, run: () => Result): Result {
  return runInScope({ ...currentOrOutsideScope(), ...part }, run)
}

/**
 * The collector in charge: inside a run the run's own; outside, that of the run started last; before any run, the one of
 * what happens outside runs.
 */
export function getMetadataCollector(): MetadataCollector {
  const state = processState()
  return state.storage.getStore()?.collector ?? state.lastStarted ?? state.outside
}

/** The collector of what happens outside runs. */
export function outsideCollector(): MetadataCollector {
  return processState().outside
}

/** A collector for a run that begins: nested in the run of the caller, switched with the process. */
export function createRunCollector(options: { runId?: string; isDisabled?: boolean } = {}): MetadataCollector {
  const state = processState()
  const parentRunId = state.storage.getStore()?.collector.runId
  const collector = new MetadataCollector({ ...options, parentRunId, collection: state.collection })
  state.lastStarted = collector
  return collector
}

/** True when runs are accounted for: neither the environment nor the program has turned metadata off. */
export function isCollectionEnabled(): boolean {
  return processState().collection.isEnabled ?? !isDisabledByEnvironment()
}

/** An id for a call, unique in the process. */
export function nextCallId(): string {
  const state = processState()
  state.lastCallNumber += 1
  return `${process.pid}-${state.lastCallNumber}`
}

/** The user's own prices for what happens outside workflows, as far as they are known. */
export function processPrices(): ProcessPrices {
  return processState().prices
}
