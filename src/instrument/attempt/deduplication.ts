import type { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import type { Scope } from '../../runtime/scope.ts'

// No request is counted twice: the wire records every request that it sees. A layer above it (an SDK, a framework, a wrapped
// function) records only what nobody below it has. A layer that wraps the call has a counter of the requests within it, which
// is exact. A layer that only hears of calls looks for the request among those that were recorded: by the id of the answer,
// else by the place.

/** Tells the layers around a request that it was seen. */
export function countRequest(scope: Scope): void {
  for (let { counter } = scope; counter !== undefined; counter = counter.outer) counter.requests += 1
}

/** A request that was recorded. */
export interface RecordedRequest {
  readonly responseId?: string
  readonly model: string
  /** Monotonic seconds. */
  readonly endedAt: number
}

/** What a layer above knows of a request it would otherwise record itself. */
export interface ReportedCall {
  readonly responseId?: string
  /** Every name the model goes by. */
  readonly models: readonly string[]
  readonly startedAt: number
  /** True when no other call of this layer was under way in the same place: then the model's name need not match. */
  readonly wasAlone: boolean
}

interface KeptRequest extends RecordedRequest {
  readonly place: string
  isMatched: boolean
}

interface RunRequests {
  readonly byId: Map<string, KeptRequest>
  /** Oldest first. */
  readonly recent: KeptRequest[]
}

const maxKeptPerRun = 10_000

/** The last requests of each run. Nothing is kept until a layer that only hears of calls is in use. */
export class RecordedRequests {
  isWatched = false
  readonly #runs = new WeakMap<MetadataCollector, RunRequests>()

  note(scope: Scope, request: () => RecordedRequest): void {
    if (!this.isWatched) return
    const { byId, recent } = this.#runOf(scope)
    const kept = { ...request(), place: placeOf(scope), isMatched: false }
    recent.push(kept)
    if (kept.responseId !== undefined) byId.set(kept.responseId, kept)
    // Half are let go at once: a shift for each would move the whole list each time.
    if (recent.length > maxKeptPerRun) {
      for (const { responseId } of recent.splice(0, maxKeptPerRun / 2)) {
        if (responseId !== undefined) byId.delete(responseId)
      }
    }
  }

  /** True when the request of the call was recorded already; by its place, a request answers for one call only. */
  match(scope: Scope, call: ReportedCall): boolean {
    const { byId, recent } = this.#runOf(scope)
    const known = call.responseId === undefined ? undefined : byId.get(call.responseId)
    const request = known ?? findInPlace(recent, placeOf(scope), call)
    if (request === undefined) return false
    request.isMatched = true
    return true
  }

  #runOf({ collector }: Scope): RunRequests {
    let run = this.#runs.get(collector)
    if (run === undefined) {
      run = { byId: new Map(), recent: [] }
      this.#runs.set(collector, run)
    }
    return run
  }
}

function findInPlace(recent: readonly KeptRequest[], place: string, call: ReportedCall): KeptRequest | undefined {
  let found: KeptRequest | undefined
  for (let index = recent.length - 1; index >= 0; index -= 1) {
    const request = recent[index]
    if (request === undefined || request.endedAt < call.startedAt) break
    if (request.isMatched || request.place !== place) continue
    // Two answers with an id each are two answers.
    if (request.responseId !== undefined && call.responseId !== undefined) continue
    if (call.models.includes(request.model)) return request
    if (call.wasAlone) found ??= request
  }
  return found
}

/** The place as it is known on both sides: what a framework adds to it is not. */
function placeOf({ record, node }: Scope): string {
  return `${record?.id ?? ''}\n${node ?? ''}`
}
