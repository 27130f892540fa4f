import type { MetadataEvent } from '../metadata/event.ts'

/** Which records have begun and not ended, from the events of their nodes. */
export class RecordsInWork {
  readonly #ids = new Set<string>()

  get count(): number {
    return this.#ids.size
  }

  take(event: MetadataEvent): void {
    if (!('recordId' in event) || event.recordId === undefined) return
    if (event.type === 'record-end') this.#ids.delete(event.recordId)
    else this.#ids.add(event.recordId)
  }
}
