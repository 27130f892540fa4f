import { openAsBlob } from 'node:fs'
import { z } from 'zod'
import { wireFormatNamed } from '../../usage/index.ts'
import type { BatchHttp } from './batch-http.ts'
import type { BatchAnswer, BatchService, BatchStatus } from './batch-service.ts'

// Anthropic's message batches: all calls are one request, and the answers one file. A batch has room for no mark of ours: one
// of which nobody knows whether it arrived is looked for by time and size, and its custom ids decide. Source: docs.claude.com,
// "Batch processing", and the `MessageBatch` of the package @anthropic-ai/sdk.

const counts = z.looseObject({
  processing: z.number(),
  succeeded: z.number(),
  errored: z.number(),
  canceled: z.number(),
  expired: z.number(),
})

const batch = z.looseObject({
  id: z.string(),
  processing_status: z.string(),
  request_counts: counts,
  created_at: z.string(),
  results_url: z.string().nullish(),
})

const listOfBatches = z.looseObject({
  data: z.array(batch),
  has_more: z.boolean().nullish(),
  last_id: z.string().nullish(),
})

const answerLine = z.looseObject({
  custom_id: z.string(),
  result: z.looseObject({ type: z.string(), message: z.unknown().optional(), error: z.unknown().optional() }),
})

/** Clocks differ by so much, in milliseconds. */
const toleranceMs = 60_000

export function createAnthropicBatches(http: BatchHttp): BatchService {
  const look = async (id: string) => batch.parse(await http.json('GET', `/messages/batches/${encodeURIComponent(id)}`))
  return {
    maxLines: 100_000,
    maxBytes: 250_000_000,
    separator: ',\n',
    format: wireFormatNamed('anthropic-batch') ?? {},
    line: (customId, body) => `{"custom_id":${JSON.stringify(customId)},"params":${body}}`,
    async submit({ path }) {
      const requests = new Blob(['{"requests":[', await openAsBlob(path), ']}'])
      return batch.parse(await http.json('POST', '/messages/batches', requests)).id
    },
    async find({ lines }, sinceMs) {
      const found: string[] = []
      let after = ''
      for (let page = 0; page < 20; page += 1) {
        const { data, has_more, last_id } = listOfBatches.parse(
          await http.json('GET', `/messages/batches?limit=100${after}`),
        )
        for (const { id, created_at, request_counts } of data) {
          const isOfItsTime = Date.parse(created_at) >= sinceMs - toleranceMs
          if (isOfItsTime && linesIn(request_counts) === lines) found.push(id)
        }
        const oldest = data.at(-1)
        if (has_more !== true || oldest === undefined || Date.parse(oldest.created_at) < sinceMs - toleranceMs) break
        after = `&after_id=${encodeURIComponent(last_id ?? oldest.id)}`
      }
      return { providerIds: found, isCertain: false }
    },
    look: async (id) => statusOf(await look(id)),
    cancel: async (id) => {
      await http.json('POST', `/messages/batches/${encodeURIComponent(id)}/cancel`)
    },
    results: async (id) => [http.url(`/messages/batches/${encodeURIComponent(id)}/results`)],
    fetch: http.fetch,
    read: readAnswerLine,
  }
}

function linesIn({ processing, succeeded, errored, canceled, expired }: z.infer<typeof counts>): number {
  return processing + succeeded + errored + canceled + expired
}

function statusOf({ processing_status: status, request_counts }: z.infer<typeof batch>): BatchStatus {
  const answered = request_counts.succeeded + request_counts.errored
  return { state: status === 'ended' ? 'ended' : 'running', answered }
}

function readAnswerLine(line: unknown): BatchAnswer | undefined {
  const parsed = answerLine.safeParse(line)
  if (!parsed.success) return undefined
  const { custom_id: customId, result } = parsed.data
  switch (result.type) {
    case 'succeeded':
      return { type: 'answer', customId, status: 200, body: result.message }
    case 'errored':
      return { type: 'answer', customId, status: statusOfError(result.error), body: result.error }
    default:
      return { type: 'late', customId, reason: `it ${result.type === 'expired' ? 'expired' : 'was cancelled'}` }
  }
}

/** What a call alone would have been answered with. */
const statuses: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  overloaded_error: 529,
}

function statusOfError(error: unknown): number {
  const inner: unknown =
    typeof error === 'object' && error !== null ? (Reflect.get(error, 'error') ?? error) : undefined
  const type: unknown = typeof inner === 'object' && inner !== null ? Reflect.get(inner, 'type') : undefined
  return statuses[String(type)] ?? 500
}
