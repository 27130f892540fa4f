import type { MetadataEvent, ModelOpen, RequestEnd } from '../../metadata/event.ts'
import { RunTotals } from '../../metadata/run-totals.ts'
import { type PriceChanges, repriceRequest } from './reprice-request.ts'

/** Folds the events of a run at other prices. What the run's records cost is worked out anew from their requests. */
export class RepricedTotals {
  readonly totals = new RunTotals()
  readonly #changes: PriceChanges
  readonly #opened = new Map<string, ModelOpen>()
  /** What the requests of each record in work have cost so far. */
  readonly #spent = new Map<string, number>()

  constructor(changes: PriceChanges) {
    this.#changes = changes
  }

  add(event: MetadataEvent): void {
    if (event.type === 'model-open' && !this.#opened.has(event.model)) this.#opened.set(event.model, event)
    if (event.type === 'request-end') this.totals.add(this.#reprice(event))
    else if (event.type === 'record-end' && event.recordId !== undefined) {
      const costPicodollars = this.#spent.get(event.recordId) ?? 0
      this.#spent.delete(event.recordId)
      this.totals.add({ ...event, costPicodollars })
    } else this.totals.add(event)
  }

  #reprice(request: RequestEnd): RequestEnd {
    const cost = repriceRequest(request, this.#opened.get(request.model) ?? {}, this.#changes)
    const { recordId } = request
    if (recordId !== undefined) this.#spent.set(recordId, (this.#spent.get(recordId) ?? 0) + (cost?.picodollars ?? 0))
    return { ...request, cost }
  }
}
