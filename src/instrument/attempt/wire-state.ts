import { nextCallId, type Scope } from '../../runtime/scope.ts'
import { DeferredWork } from './begun-work.ts'
import { RecordedRequests } from './deduplication.ts'
import { EnteredRuns } from './entered-runs.ts'
import { FrameworkRuns } from './framework-runs.ts'
import { RetryLinks } from './retry-links.ts'

/** An attempt whose body has not ended. */
export interface OpenAttempt {
  readonly scope: Scope
  /** Ends it with what was seen of it. */
  settle(): void
}

/** What the observers of a process hold in common, whichever transport they watch. */
interface WireState {
  readonly links: RetryLinks
  readonly open: Set<OpenAttempt>
  readonly frameworks: FrameworkRuns
  /** Runs of frameworks that tell of them and let nobody wrap them. */
  readonly entered: EnteredRuns
  readonly recorded: RecordedRequests
  readonly deferred: DeferredWork
  /** Servers that have said of an answer that it is simulated. */
  readonly simulators: Set<string>
  /** Events of frameworks, and by which of their names they were told of. */
  readonly told: WeakMap<object, Set<string>>
  /** Ids of runs of frameworks that give none, by an object that start and end of the run share. */
  readonly callIds: WeakMap<object, string>
}

const stateKey = Symbol.for('sygra.wire-state.9')

/** The state of this process. Two copies of the package share it, as under `--import`. */
export function wireState(): WireState {
  const holder = globalThis as { [stateKey]?: WireState }
  if (holder[stateKey] !== undefined) return holder[stateKey]
  const frameworks = new FrameworkRuns()
  holder[stateKey] = {
    links: new RetryLinks(nextCallId),
    open: new Set(),
    frameworks,
    entered: new EnteredRuns((id) => frameworks.find(id) !== undefined),
    recorded: new RecordedRequests(),
    deferred: new DeferredWork(),
    simulators: new Set(),
    told: new WeakMap(),
    callIds: new WeakMap(),
  }
  return holder[stateKey]
}
