import { picodollarsPerUsd } from '../metadata/cost.ts'
import { type MetadataEvent, type RecordEnd, type RequestEnd, succeeded } from '../metadata/event.ts'
import { completionTokensOf, promptTokensOf } from '../metadata/usage.ts'

/** What one record went through. */
export interface RecordRow {
  readonly recordId: string
  /** `open`: it has begun and has no end. */
  readonly status: 'succeeded' | 'failed' | 'open'
  readonly errorType?: string
  readonly reason?: string
  readonly durationSeconds?: number
  /** Of its requests, failed ones included. */
  readonly costUsd: number
  /** Answers whose cost is unknown. */
  readonly unpricedRequests: number
  readonly requests: number
  readonly retries: number
  readonly failedAttempts: number
  readonly promptTokens: number
  readonly completionTokens: number
}

type OpenRow = { -readonly [Key in keyof RecordRow]: RecordRow[Key] }

/** The records of a run, from its events; memory grows with the number of records. */
export class RecordRows {
  readonly #rows = new Map<string, OpenRow>()

  add(event: MetadataEvent): void {
    if (event.type === 'request-end') this.#addRequest(event)
    else if (event.type === 'record-end') this.#endRecord(event)
    else if (event.type === 'node-end' && event.recordId !== undefined) this.#row(event.recordId)
  }

  /** In the order in which the records were first seen. */
  list(): readonly RecordRow[] {
    return [...this.#rows.values()]
  }

  #addRequest(request: RequestEnd): void {
    if (request.recordId === undefined) return
    const row = this.#row(request.recordId)
    row.requests += 1
    if (request.resendCount > 0) row.retries += 1
    if (!succeeded(request)) row.failedAttempts += 1
    row.promptTokens += (request.usage && promptTokensOf(request.usage)) ?? 0
    row.completionTokens += (request.usage && completionTokensOf(request.usage)) ?? 0
    row.costUsd += (request.cost?.picodollars ?? 0) / picodollarsPerUsd
    const hasAnswer = request.status >= 200 && request.status < 300
    if (request.cost === undefined ? hasAnswer : request.cost.status === 'unpriced') row.unpricedRequests += 1
  }

  #endRecord(end: RecordEnd): void {
    if (end.recordId === undefined) return
    const row = this.#row(end.recordId)
    row.status = end.succeeded ? 'succeeded' : 'failed'
    row.durationSeconds = end.durationSeconds
    row.errorType = end.errorType
    row.reason = end.reason
    if (end.costPicodollars !== undefined && row.requests === 0) row.costUsd = end.costPicodollars / picodollarsPerUsd
  }

  #row(recordId: string): OpenRow {
    let row = this.#rows.get(recordId)
    if (row === undefined) {
      row = {
        recordId,
        status: 'open',
        costUsd: 0,
        unpricedRequests: 0,
        requests: 0,
        retries: 0,
        failedAttempts: 0,
        promptTokens: 0,
        completionTokens: 0,
      }
      this.#rows.set(recordId, row)
    }
    return row
  }
}
