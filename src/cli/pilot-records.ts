import { picodollarsPerUsd } from '../metadata/cost.ts'
import type { MetadataEvent, RequestEnd } from '../metadata/event.ts'
import { completionTokensOf, promptTokensOf } from '../metadata/usage.ts'
import type { PilotRecord } from '../report/pilot-sections.ts'

const nothing: PilotRecord = { usd: 0, promptTokens: 0, completionTokens: 0, requests: 0, seconds: 0 }

/** What each record of a run came to, told from its events. */
export class PilotRecords {
  readonly ended: PilotRecord[] = []
  failed = 0
  readonly #inWork = new Map<string, PilotRecord>()

  take(event: MetadataEvent): void {
    if (event.type === 'request-end') this.#addRequest(event)
    if (event.type !== 'record-end' || event.recordId === undefined) return
    const usd = (event.costPicodollars ?? 0) / picodollarsPerUsd
    this.ended.push({ ...this.#soFar(event.recordId), usd, seconds: event.durationSeconds ?? 0 })
    this.#inWork.delete(event.recordId)
    if (!event.succeeded) this.failed += 1
  }

  #addRequest({ recordId, usage = {} }: RequestEnd): void {
    if (recordId === undefined) return
    const before = this.#soFar(recordId)
    this.#inWork.set(recordId, {
      ...before,
      requests: before.requests + 1,
      promptTokens: before.promptTokens + (promptTokensOf(usage) ?? 0),
      completionTokens: before.completionTokens + (completionTokensOf(usage) ?? 0),
    })
  }

  #soFar(recordId: string): PilotRecord {
    return this.#inWork.get(recordId) ?? nothing
  }
}
