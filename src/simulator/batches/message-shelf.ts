import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { messageOf } from '../../errors.ts'
import { hexOf, randomOf } from '../../seeded-random.ts'
import { sendJson, sendText } from '../http-answer.ts'
import { jsonOf, readBody } from '../request-body.ts'
import type { MessageBatchRoute } from '../routes.ts'
import { messageBody, parseMessages } from './anthropic-message.ts'
import { type BatchCall, type BatchParts, type CallOutcome, workOff } from './batch-work.ts'

interface StoredBatch {
  readonly id: string
  readonly createdAtMs: number
  endedAtMs?: number
  readonly counts: { processing: number; succeeded: number; errored: number; canceled: number; expired: number }
  readonly results: string[]
  cancelledAtMs?: number
  readonly ended: AbortController
}

const maxBytes = 256_000_000
const maxRequests = 100_000

const batchRequest = z.object({
  requests: z
    .array(z.object({ custom_id: z.string().regex(/^[\w-]{1,64}$/), params: z.unknown() }))
    .min(1)
    .max(maxRequests),
})

/** The message batches of a simulated provider: what Anthropic has under `/v1/messages/batches`. */
export class MessageShelf {
  readonly #parts: BatchParts
  readonly #batches = new Map<string, StoredBatch>()

  constructor(parts: BatchParts) {
    this.#parts = parts
  }

  async serve(route: MessageBatchRoute, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (route.type === 'make-message-batch') return this.#make(request, response)
    if (route.type === 'message-batches') {
      // The newest first; all of them are one page.
      const data = [...this.#batches.values()].reverse().map((batch) => bodyOf(batch, request))
      return sendJson(response, {
        data,
        has_more: false,
        first_id: data[0]?.id ?? null,
        last_id: data.at(-1)?.id ?? null,
      })
    }
    const batch = this.#batches.get(route.id)
    if (batch === undefined) return refuse(response, 404, `There is no ${route.id}.`)
    switch (route.type) {
      case 'message-batch':
        return sendJson(response, bodyOf(batch, request))
      case 'cancel-message-batch':
        if (batch.endedAtMs === undefined) batch.cancelledAtMs ??= Date.now()
        batch.ended.abort()
        return sendJson(response, bodyOf(batch, request))
      case 'message-results':
        if (batch.endedAtMs === undefined) return refuse(response, 400, `${batch.id} has not ended.`)
        return sendText(response, {
          status: 200,
          text: `${batch.results.join('\n')}\n`,
          contentType: 'application/x-jsonl',
        })
      default:
        return route satisfies never
    }
  }

  /** Ends what goes on by itself. */
  close(): void {
    for (const { ended } of this.#batches.values()) ended.abort()
  }

  async #make(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, maxBytes)
    if (body === 'gone') return
    if (body === 'too-long') return refuse(response, 413, 'The batch is longer than 256 MB.')
    const parsed = batchRequest.safeParse(jsonOf(body))
    const ids = parsed.success ? new Set(parsed.data.requests.map(({ custom_id }) => custom_id)) : undefined
    if (!parsed.success || ids?.size !== parsed.data.requests.length) {
      const why = parsed.success ? 'a custom_id stands twice' : (parsed.error.issues[0]?.message ?? '')
      return refuse(response, 400, `Expected requests, 1 to ${maxRequests} with a custom_id each and params: ${why}.`)
    }
    const { requests } = parsed.data
    const batch: StoredBatch = {
      id: `msgbatch_${hexOf(randomOf(this.#parts.settings.seed, 'message-batch', this.#batches.size, 'id'), 24)}`,
      createdAtMs: Date.now(),
      counts: { processing: requests.length, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
      results: [],
      ended: new AbortController(),
    }
    this.#batches.set(batch.id, batch)
    const calls = requests.map(({ custom_id: customId, params }) => ({
      customId,
      body: params,
      parsed: parseMessages(params),
    }))
    void this.#work(batch, calls)
    return sendJson(response, bodyOf(batch, request))
  }

  async #work(batch: StoredBatch, calls: readonly BatchCall[]): Promise<void> {
    const { counts, results, ended } = batch
    const keep = (outcome: CallOutcome) => {
      const result = resultOf(outcome)
      counts.processing -= 1
      counts[result.type] += 1
      results.push(JSON.stringify({ custom_id: outcome.customId, result }))
    }
    try {
      for await (const outcome of workOff(this.#parts, { calls, ended: ended.signal })) keep(outcome)
    } catch (error) {
      // Anthropic has no batch that fails whole: each of its calls does that has no answer yet.
      const failure = { status: 500, message: messageOf(error), type: 'simulator_error' }
      for (const { customId } of calls.slice(results.length)) keep({ type: 'error', customId, error: failure })
    }
    batch.endedAtMs = Date.now()
  }
}

function resultOf(outcome: CallOutcome) {
  switch (outcome.type) {
    case 'answer':
      return { type: 'succeeded' as const, message: messageBody(outcome.completion) }
    case 'error': {
      const { status, message } = outcome.error
      const type = status === 429 ? 'rate_limit_error' : status < 500 ? 'invalid_request_error' : 'api_error'
      return { type: 'errored' as const, error: { type: 'error', error: { type, message } } }
    }
    case 'expired':
      return { type: 'expired' as const }
    case 'cancelled':
      return { type: 'canceled' as const }
    default:
      return outcome satisfies never
  }
}

function bodyOf(batch: StoredBatch, { headers }: IncomingMessage) {
  const { id, createdAtMs, endedAtMs, cancelledAtMs, counts } = batch
  const at = (atMs: number | undefined) => (atMs === undefined ? null : new Date(atMs).toISOString())
  const hasEnded = endedAtMs !== undefined
  // Until a batch has ended all its calls count as being processed.
  const open = { processing: Object.values(counts).reduce((sum, count) => sum + count, 0) }
  return {
    id,
    type: 'message_batch',
    processing_status: hasEnded ? 'ended' : cancelledAtMs === undefined ? 'in_progress' : 'canceling',
    request_counts: hasEnded ? counts : { ...open, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
    created_at: at(createdAtMs),
    ended_at: at(endedAtMs),
    expires_at: at(createdAtMs + 86_400_000),
    archived_at: null,
    cancel_initiated_at: at(cancelledAtMs),
    results_url: hasEnded ? `http://${headers.host}/v1/messages/batches/${id}/results` : null,
  }
}

/** As Anthropic writes its errors. */
function refuse(response: ServerResponse, status: 400 | 404 | 413, message: string): void {
  const types = { 400: 'invalid_request_error', 404: 'not_found_error', 413: 'request_too_large' } as const
  sendText(response, { status, text: JSON.stringify({ type: 'error', error: { type: types[status], message } }) })
}
