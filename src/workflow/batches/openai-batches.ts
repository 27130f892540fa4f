import { openAsBlob } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { wireFormatNamed } from '../../usage/index.ts'
import { type BatchHttp, BatchRefusal } from './batch-http.ts'
import type { BatchAnswer, BatchService, BatchStatus } from './batch-service.ts'

// Batches of OpenAI and of Azure OpenAI: a file of calls is uploaded, a batch is made of it, and its answers and errors are two
// files. Sources: platform.openai.com/docs/guides/batch; the `Batch` of the package openai, 6; learn.microsoft.com, Azure
// OpenAI, "Getting started with batch deployments", 2026-08-14. Azure differs: a file must have been processed before a batch
// is made of it, states may begin with a capital letter, counts are null at first, and a batch is not ended after 24 hours.

const batch = z.looseObject({
  id: z.string(),
  status: z.string(),
  output_file_id: z.string().nullish(),
  error_file_id: z.string().nullish(),
  errors: z.looseObject({ data: z.array(z.looseObject({ message: z.string().nullish() })).nullish() }).nullish(),
  request_counts: z.looseObject({ completed: z.number().nullish(), failed: z.number().nullish() }).nullish(),
  input_file_id: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
})

const listOfBatches = z.looseObject({ data: z.array(batch), has_more: z.boolean().nullish() })
const file = z.looseObject({ id: z.string(), status: z.string().nullish(), filename: z.string().nullish() })
const listOfFiles = z.looseObject({ data: z.array(file) })

/** Our name of a batch in what the provider keeps beside it. */
const markKey = 'sygra_batch'

const answerLine = z.looseObject({
  custom_id: z.string(),
  response: z.looseObject({ status_code: z.number(), body: z.unknown() }).nullish(),
  error: z.looseObject({ code: z.string().nullish(), message: z.string().nullish() }).nullish(),
})

interface OpenAIBatchesOptions {
  readonly http: BatchHttp
  /** What a batch is said to be for. */
  readonly endpoint: string
  /** What its calls would be sent to; the endpoint where it is left out. */
  readonly callUrl?: string
  /** The pause between two looks at a file that is being processed, in milliseconds. */
  readonly pauseMs?: number
}

export function createOpenAIBatches({
  http,
  endpoint,
  callUrl = endpoint,
  pauseMs = 2_000,
}: OpenAIBatchesOptions): BatchService {
  const look = async (id: string) => batch.parse(await http.json('GET', `/batches/${encodeURIComponent(id)}`))
  return {
    maxLines: 50_000,
    maxBytes: 200_000_000,
    separator: '\n',
    format: wireFormatNamed('openai-batch') ?? {},
    line: (customId, body) =>
      `{"custom_id":${JSON.stringify(customId)},"method":"POST","url":${JSON.stringify(callUrl)},"body":${body}}`,
    async submit({ mark, path }, closed) {
      const form = new FormData()
      form.set('purpose', 'batch')
      form.set('file', await openAsBlob(path, { type: 'application/jsonl' }), fileNameOf(mark))
      const { id, status } = file.parse(await http.json('POST', '/files', form))
      await processed(http, { id, status, pauseMs, closed })
      const made = await http.json('POST', '/batches', {
        input_file_id: id,
        endpoint,
        completion_window: '24h',
        metadata: { [markKey]: mark },
      })
      return batch.parse(made).id
    },
    async find({ mark }) {
      // Should the mark not have been kept, the file that it was made of still has its name.
      const files = await filesNamed(http, fileNameOf(mark))
      let after = ''
      for (let page = 0; page < 20; page += 1) {
        const { data, has_more } = listOfBatches.parse(await http.json('GET', `/batches?limit=100${after}`))
        const found = data.find(
          ({ metadata, input_file_id: input }) => metadata?.[markKey] === mark || files.has(input ?? ''),
        )
        if (found !== undefined) return { providerIds: [found.id], isCertain: true }
        const last = data.at(-1)
        if (has_more !== true || last === undefined) break
        after = `&after=${encodeURIComponent(last.id)}`
      }
      return { providerIds: [], isCertain: true }
    },
    look: async (id) => statusOf(await look(id)),
    cancel: async (id) => {
      await http.json('POST', `/batches/${encodeURIComponent(id)}/cancel`)
    },
    async results(id) {
      const { output_file_id, error_file_id } = await look(id)
      const ids = [output_file_id, error_file_id].filter((each) => typeof each === 'string')
      return ids.map((each) => http.url(`/files/${encodeURIComponent(each)}/content`))
    },
    fetch: http.fetch,
    read: readAnswerLine,
  }
}

function fileNameOf(mark: string): string {
  return `${mark}.jsonl`
}

/** The ids of uploaded files of a name; none where the provider lists no files. */
async function filesNamed(http: BatchHttp, name: string): Promise<ReadonlySet<string>> {
  const listed = await http.json('GET', '/files?purpose=batch').catch((error: unknown) => {
    if (error instanceof BatchRefusal && error.isCertain) return { data: [] }
    throw error
  })
  return new Set(listOfFiles.parse(listed).data.flatMap(({ id, filename }) => (filename === name ? [id] : [])))
}

interface UploadedFile {
  readonly id: string
  readonly status?: string | null
  readonly pauseMs: number
  readonly closed: AbortSignal
}

/** So often a file is looked at until it is processed: for about an hour. */
const mostLooks = 1_800

/** Waits until a file that was uploaded can be used. */
async function processed(http: BatchHttp, { id, status, pauseMs, closed }: UploadedFile): Promise<void> {
  let state = status
  for (let look = 1; /^(pending|running|not_?running|uploading|importing)$/i.test(state ?? ''); look += 1) {
    if (look > mostLooks) throw new BatchRefusal(0, `the file of the batch is still ${state}`)
    await sleep(pauseMs, undefined, { signal: closed })
    state = file.parse(await http.json('GET', `/files/${encodeURIComponent(id)}`)).status
  }
  if (/^(error|failed)$/i.test(state ?? ''))
    throw new BatchRefusal(400, 'the provider cannot read the file of the batch')
}

function statusOf({ status: written, errors, request_counts: counts }: z.infer<typeof batch>): BatchStatus {
  const { completed, failed } = counts ?? {}
  const areCounted = typeof completed === 'number' || typeof failed === 'number'
  const answered = areCounted ? (completed ?? 0) + (failed ?? 0) : undefined
  const status = written.toLowerCase()
  switch (status) {
    case 'completed':
      return { state: 'ended', answered }
    case 'expired':
    case 'cancelled':
    case 'canceled':
      return { state: 'ended', answered, reason: `it ${status === 'expired' ? 'expired' : 'was cancelled'}` }
    case 'failed': {
      const messages = (errors?.data ?? []).flatMap(({ message }) => message ?? [])
      return { state: 'failed', reason: messages[0] ?? 'the provider gives no reason' }
    }
    default:
      return { state: 'running', answered }
  }
}

function readAnswerLine(line: unknown): BatchAnswer | undefined {
  const parsed = answerLine.safeParse(line)
  if (!parsed.success) return undefined
  const { custom_id: customId, response, error } = parsed.data
  if (response !== null && response !== undefined) {
    // Where the answer of its own model was lost the service has been seen to say 0.
    const isStatus = response.status_code >= 200 && response.status_code <= 599
    return { type: 'answer', customId, status: isStatus ? response.status_code : 500, body: response.body }
  }
  const code = error?.code ?? ''
  if (/expired|cancel/.test(code)) return { type: 'late', customId, reason: error?.message ?? code }
  return { type: 'answer', customId, status: 500, body: { error: { code, message: error?.message ?? 'no answer' } } }
}
