import { openAsBlob } from 'node:fs'
import { z } from 'zod'
import { wireFormatNamed } from '../../usage/index.ts'
import type { BatchHttp } from './batch-http.ts'
import type { BatchAnswer, BatchService, BatchStatus } from './batch-service.ts'

// Batches of OpenAI and of Azure OpenAI: a file of calls is uploaded, a batch is made of it, and its answers and errors are two
// files. Sources: platform.openai.com/docs/guides/batch; the `Batch` of the package openai, 6; learn.microsoft.com, Azure
// OpenAI, "Getting started with batch deployments".

const batch = z.looseObject({
  id: z.string(),
  status: z.string(),
  output_file_id: z.string().nullish(),
  error_file_id: z.string().nullish(),
  errors: z.looseObject({ data: z.array(z.looseObject({ message: z.string().nullish() })).nullish() }).nullish(),
  request_counts: z.looseObject({ completed: z.number(), failed: z.number() }).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
})

const listOfBatches = z.looseObject({ data: z.array(batch), has_more: z.boolean().nullish() })
const file = z.looseObject({ id: z.string() })

/** Our name of a batch in what the provider keeps beside it. */
const markKey = 'sygra_batch'

const answerLine = z.looseObject({
  custom_id: z.string(),
  response: z.looseObject({ status_code: z.number(), body: z.unknown() }).nullish(),
  error: z.looseObject({ code: z.string().nullish(), message: z.string().nullish() }).nullish(),
})

/** @param endpoint what the calls of a batch would be sent to: `/v1/chat/completions`, at Azure `/chat/completions`. */
export function createOpenAIBatches({
  http,
  endpoint,
}: {
  readonly http: BatchHttp
  readonly endpoint: string
}): BatchService {
  const look = async (id: string) => batch.parse(await http.json('GET', `/batches/${encodeURIComponent(id)}`))
  return {
    maxLines: 50_000,
    maxBytes: 200_000_000,
    separator: '\n',
    format: wireFormatNamed('openai-batch') ?? {},
    line: (customId, body) =>
      `{"custom_id":${JSON.stringify(customId)},"method":"POST","url":${JSON.stringify(endpoint)},"body":${body}}`,
    async submit({ mark, path }) {
      const form = new FormData()
      form.set('purpose', 'batch')
      form.set('file', await openAsBlob(path, { type: 'application/jsonl' }), `${mark}.jsonl`)
      const { id } = file.parse(await http.json('POST', '/files', form))
      const made = await http.json('POST', '/batches', {
        input_file_id: id,
        endpoint,
        completion_window: '24h',
        metadata: { [markKey]: mark },
      })
      return batch.parse(made).id
    },
    async find({ mark }) {
      let after = ''
      for (let page = 0; page < 20; page += 1) {
        const { data, has_more } = listOfBatches.parse(await http.json('GET', `/batches?limit=100${after}`))
        const found = data.find(({ metadata }) => metadata?.[markKey] === mark)
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

function statusOf({ status, errors, request_counts: counts }: z.infer<typeof batch>): BatchStatus {
  const answered = counts === null || counts === undefined ? undefined : counts.completed + counts.failed
  switch (status) {
    case 'completed':
      return { state: 'ended', answered }
    case 'expired':
    case 'cancelled':
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
    return { type: 'answer', customId, status: response.status_code, body: response.body }
  }
  const code = error?.code ?? ''
  if (/expired|cancel/.test(code)) return { type: 'late', customId, reason: error?.message ?? code }
  return { type: 'answer', customId, status: 500, body: { error: { code, message: error?.message ?? 'no answer' } } }
}
