import type { RequestEnd } from './event.ts'

/**
 * The results of deferred work that were read: they are read as often as anybody likes, in several processes of a run even,
 * and each counts once.
 */
export class DeferredReads {
  readonly #ids = new Set<string>()

  /** True for what was read before; notes what was not. */
  isReadAgain({ isDeferred, responseId }: Pick<RequestEnd, 'isDeferred' | 'responseId'>): boolean {
    if (!isDeferred || responseId === undefined) return false
    if (this.#ids.has(responseId)) return true
    this.#ids.add(responseId)
    return false
  }

  merge(other: DeferredReads): void {
    for (const id of other.#ids) this.#ids.add(id)
  }
}
