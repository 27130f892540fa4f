import { nextCallId } from '../../runtime/scope.ts'
import type { ObservedAttempt } from './attempt.ts'
import { RecordedRequests } from './deduplication.ts'
import { FrameworkRuns } from './framework-runs.ts'
import { RetryLinks } from './retry-links.ts'

/** What the observers of a process hold in common, whichever transport they watch. */
interface WireState {
  readonly links: RetryLinks
  /** Attempts whose body has not ended. */
  readonly open: Set<ObservedAttempt>
  readonly frameworks: FrameworkRuns
  readonly recorded: RecordedRequests
}

const stateKey = Symbol.for('sygra.wire-state.3')

/** The state of this process. Two copies of the package share it, as under `--import`. */
export function wireState(): WireState {
  const holder = globalThis as { [stateKey]?: WireState }
  holder[stateKey] ??= {
    links: new RetryLinks(nextCallId),
    open: new Set(),
    frameworks: new FrameworkRuns(),
    recorded: new RecordedRequests(),
  }
  return holder[stateKey]
}
