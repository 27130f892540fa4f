import { nextCallId, type Scope } from '../runtime/scope.ts'
import type { ObservedAttempt } from './attempt.ts'
import { RetryLinks } from './retry-links.ts'
import { Sightings } from './sightings.ts'

/** Names that a framework knows of the place a request comes from. */
export type PlaceNames = Pick<Scope, 'node' | 'agent' | 'tool' | 'model'>

/** Asked before each request to a model: what the framework calls the place we are in; undefined outside of it. */
export type NameSource = (scope: Scope, wireModel: string | undefined) => PlaceNames | undefined

/** What the observers of a process hold in common, whichever transport they watch. */
interface WireState {
  readonly links: RetryLinks
  /** Attempts whose body has not ended. */
  readonly open: Set<ObservedAttempt>
  readonly nameSources: Set<NameSource>
  readonly sightings: Sightings
}

const stateKey = Symbol.for('sygra.wire-state.1')

/** The state of this process. Two copies of the package share it, as under `--import`. */
export function wireState(): WireState {
  const holder = globalThis as { [stateKey]?: WireState }
  holder[stateKey] ??= {
    links: new RetryLinks(nextCallId),
    open: new Set(),
    nameSources: new Set(),
    sightings: new Sightings(),
  }
  return holder[stateKey]
}
