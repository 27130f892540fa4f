import type { RequestEnd } from '../event.ts'

/**
 * The results of deferred work that were read: they are read as often as anybody likes, in several processes of a run even,
 * and each counts once.
 */
export class DeferredReads {
  readonly #ids: Set<string>

  /** @param known what was read before. */
  constructor(known: Iterable<string> = []) {
    this.#ids = new Set(known)
  }

  has(responseId: string): boolean {
    return this.#ids.has(responseId)
  }

  /** True for what was read before; notes what was not. */
  isReadAgain({ isDeferred, responseId }: Pick<RequestEnd, 'isDeferred' | 'responseId'>): boolean {
    if (!isDeferred || responseId === undefined) return false
    if (this.#ids.has(responseId)) return true
    this.#ids.add(responseId)
    return false
  }
}

/** The same with what was read, so that two folds which read the same result count it once together. */
export class DeferredRequests {
  readonly #requests = new Map<string, RequestEnd>()

  /** True for what this fold has read before. */
  isReadAgain({ isDeferred, responseId }: RequestEnd): boolean {
    return isDeferred === true && responseId !== undefined && this.#requests.has(responseId)
  }

  /** True when the request is the result of deferred work: then it is kept here, and counts once. */
  take(request: RequestEnd): boolean {
    const { isDeferred, responseId, rawUsage: _, ...kept } = request
    if (!isDeferred || responseId === undefined) return false
    this.#requests.set(responseId, { ...kept, isDeferred, responseId })
    return true
  }

  merge(other: DeferredRequests): void {
    for (const [id, request] of other.#requests) if (!this.#requests.has(id)) this.#requests.set(id, request)
  }

  get size(): number {
    return this.#requests.size
  }

  ids(): Iterable<string> {
    return this.#requests.keys()
  }

  all(): Iterable<RequestEnd> {
    return this.#requests.values()
  }
}
