import type { MetadataCollector } from '../runtime/metadata-collector.ts'
import type { Scope } from '../runtime/scope.ts'

// Who records what, so that nothing is counted twice: the wire records every request it sees. A layer above it (an SDK, a
// framework, a wrapped function) records only what nobody below has. A layer that wraps the call asks a witness, which is
// exact. A layer that only hears of calls claims what the wire has sighted: by the id of the answer, else by the place.

/** Tells the layers around a request that it was seen. */
export function tellWitnesses(scope: Scope): void {
  for (let { witness } = scope; witness !== undefined; witness = witness.outer) witness.requests += 1
}

/** A request that was recorded. */
export interface Sighting {
  readonly responseId?: string
  readonly model: string
  /** Monotonic seconds. */
  readonly endedAt: number
}

/** What a layer above knows of a request it would otherwise record itself. */
export interface Claim {
  readonly responseId?: string
  /** Every name the model goes by. */
  readonly models: readonly string[]
  readonly startedAt: number
  /** True when no other call of this layer was under way in the same place: then the model's name need not match. */
  readonly wasAlone: boolean
}

interface KeptSighting extends Sighting {
  readonly place: string
  isClaimed: boolean
}

interface RunSightings {
  readonly byId: Map<string, KeptSighting>
  /** Oldest first. */
  readonly recent: KeptSighting[]
}

const maxKeptPerRun = 10_000

/** The last requests of each run. Nothing is kept until a layer that claims is in use. */
export class Sightings {
  isWatched = false
  readonly #runs = new WeakMap<MetadataCollector, RunSightings>()

  note(scope: Scope, sighting: () => Sighting): void {
    if (!this.isWatched) return
    const { byId, recent } = this.#runOf(scope)
    const kept = { ...sighting(), place: placeOf(scope), isClaimed: false }
    recent.push(kept)
    if (kept.responseId !== undefined) byId.set(kept.responseId, kept)
    // Half are let go at once: a shift for each would move the whole list each time.
    if (recent.length > maxKeptPerRun) {
      for (const { responseId } of recent.splice(0, maxKeptPerRun / 2)) {
        if (responseId !== undefined) byId.delete(responseId)
      }
    }
  }

  /** True when the request was seen already; it cannot be claimed a second time by its place. */
  claim(scope: Scope, claim: Claim): boolean {
    const { byId, recent } = this.#runOf(scope)
    const known = claim.responseId === undefined ? undefined : byId.get(claim.responseId)
    const sighting = known ?? findInPlace(recent, placeOf(scope), claim)
    if (sighting === undefined) return false
    sighting.isClaimed = true
    return true
  }

  #runOf({ collector }: Scope): RunSightings {
    let run = this.#runs.get(collector)
    if (run === undefined) {
      run = { byId: new Map(), recent: [] }
      this.#runs.set(collector, run)
    }
    return run
  }
}

function findInPlace(recent: readonly KeptSighting[], place: string, claim: Claim): KeptSighting | undefined {
  let found: KeptSighting | undefined
  for (let index = recent.length - 1; index >= 0; index -= 1) {
    const sighting = recent[index]
    if (sighting === undefined || sighting.endedAt < claim.startedAt) break
    if (sighting.isClaimed || sighting.place !== place) continue
    // Two answers with an id each are two answers.
    if (sighting.responseId !== undefined && claim.responseId !== undefined) continue
    if (claim.models.includes(sighting.model)) return sighting
    if (claim.wasAlone) found ??= sighting
  }
  return found
}

/** The place as it is known on both sides: what a framework adds to it is not. */
function placeOf({ record, node }: Scope): string {
  return `${record?.id ?? ''}\n${node ?? ''}`
}
