import { once } from 'node:events'
import http from 'node:http'
import { expect, test } from 'vitest'
import { deferredProvider } from '../../../test/helpers/deferred-provider.ts'
import { sendJson, startFaultServer } from '../../../test/helpers/fault-server.ts'
import type { RequestEnd } from '../../metadata/event.ts'
import { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { runInScope } from '../../runtime/scope.ts'
import { interceptHttp } from '../http/intercept-http.ts'
import { observeHttp } from '../http/observe-http.ts'

const openai = 'https://api.openai.com/v1'
const background = { model: 'o4-mini', input: 'x', background: true }
const queued = (id: string) => ({ id, object: 'response', status: 'queued', model: 'o4-mini-2025-04-16', usage: null })
const completed = (id: string, more: object = {}) => ({
  ...queued(id),
  status: 'completed',
  usage: { input_tokens: 1000, output_tokens: 5000, output_tokens_details: { reasoning_tokens: 4000 } },
  ...more,
})

test('a response in the background counts once, when it is done, as the call that began it', async () => {
  const { read, ends, notUnderstood, usd, settle } = deferredProvider({
    'POST /v1/responses': [queued('resp_a')],
    'GET /v1/responses/resp_a': [{ ...queued('resp_a'), status: 'in_progress' }, completed('resp_a')],
  })
  await read(`${openai}/responses`, background)
  await read(`${openai}/responses/resp_a`)
  expect(ends).toEqual([])
  for (let time = 0; time < 3; time++) await read(`${openai}/responses/resp_a`)
  settle()
  expect(ends).toHaveLength(1)
  expect(ends[0]).toMatchObject({
    node: 'n',
    model: 'o4-mini',
    responseId: 'resp_a',
    isDeferred: true,
    usage: { input: 1000, output: 1000, reasoning: 4000 },
  })
  // 1,000 × $1.10 and 5,000 × $4.40 a million.
  expect(usd()).toEqual([0.0231])
  expect(notUnderstood).toEqual([])
})

test('a response in the background may be read as a stream', async () => {
  const stream = `event: response.completed\ndata: ${JSON.stringify({ type: 'response.completed', response: completed('resp_s') })}\n\n`
  const { read, ends, usd } = deferredProvider({
    'POST /v1/responses': [queued('resp_s')],
    'GET /v1/responses/resp_s': [stream],
  })
  await read(`${openai}/responses`, background)
  await read(`${openai}/responses/resp_s?stream=true`)
  await read(`${openai}/responses/resp_s?stream=true`)
  expect(ends).toHaveLength(1)
  expect(usd()).toEqual([0.0231])
})

test('an ordinary response that is read again is no second request', async () => {
  const { read, ends } = deferredProvider({
    'POST /v1/responses': [completed('resp_b')],
    'GET /v1/responses/resp_b': [completed('resp_b')],
    'GET /v1/responses/resp_old': [completed('resp_old', { background: false })],
  })
  await read(`${openai}/responses`, { model: 'o4-mini', input: 'x' })
  await read(`${openai}/responses/resp_b`)
  await read(`${openai}/responses/resp_old`)
  expect(ends).toHaveLength(1)
  expect(ends[0]?.isDeferred).toBeUndefined()
})

test('a response that another process began in the background counts where it is read', async () => {
  const { read, ends, usd } = deferredProvider({
    'GET /v1/responses/resp_c': [completed('resp_c', { background: true })],
  })
  await read(`${openai}/responses/resp_c`)
  await read(`${openai}/responses/resp_c`)
  expect(ends).toHaveLength(1)
  expect(usd()).toEqual([0.0231])
})

test('one that failed or was cancelled in the background failed', async () => {
  const { read, ends } = deferredProvider({
    'POST /v1/responses': [queued('resp_d')],
    'GET /v1/responses/resp_d': [{ ...queued('resp_d'), status: 'cancelled' }],
  })
  await read(`${openai}/responses`, background)
  await read(`${openai}/responses/resp_d`)
  expect(ends).toMatchObject([{ errorType: 'cancelled', isDeferred: true }])
})

test('work whose result nobody reads is told of when the run ends', async () => {
  const { read, ends, notUnderstood, settle } = deferredProvider({
    'POST /v1/responses': [queued('resp_e')],
    'POST /v1/batches': [{ id: 'batch_e', object: 'batch', status: 'validating' }],
  })
  await read(`${openai}/responses`, background)
  await read(`${openai}/batches`, { input_file_id: 'file-1' })
  expect(notUnderstood).toEqual([])
  settle()
  expect(ends).toEqual([])
  expect(notUnderstood).toMatchObject([
    { kind: 'request', host: 'api.openai.com', path: '/v1/responses', provider: 'openai' },
    { kind: 'request', host: 'api.openai.com', path: '/v1/batches', provider: 'openai' },
  ])
})

test("OpenAI's batch states the usage of all its calls, at half the price, and its file is not added to it", async () => {
  const usage = { input_tokens: 1_000_000, output_tokens: 200_000, input_tokens_details: { cached_tokens: 400_000 } }
  const batch = { id: 'batch_f', object: 'batch', status: 'completed', model: 'gpt-5-2025-08-07', usage }
  const line = { id: 'r1', custom_id: 'a', response: { status_code: 200, body: completed('resp_f') } }
  const { read, ends, notUnderstood, usd, settle } = deferredProvider({
    'POST /v1/batches': [{ id: 'batch_f', object: 'batch', status: 'validating' }],
    'GET /v1/batches/batch_f': [
      { id: 'batch_f', object: 'batch', status: 'in_progress' },
      { ...batch, output_file_id: 'file-f' },
    ],
    'GET /v1/files/file-f/content': [`${JSON.stringify(line)}\n`],
  })
  await read(`${openai}/batches`, { input_file_id: 'file-1' })
  for (let time = 0; time < 3; time++) await read(`${openai}/batches/batch_f`)
  await read(`${openai}/files/file-f/content`)
  settle()
  expect(ends).toMatchObject([{ responseId: 'batch_f', serviceTier: 'batch', isDeferred: true }])
  // Half of $1.25, $0.125 and $10 a million: 600,000 × $0.625, 400,000 × $0.0625, 200,000 × $5.
  expect(usd()).toEqual([0.375 + 0.025 + 1])
  expect(notUnderstood).toEqual([])
})

test('a batch that states no usage has it in the file of its answers, once a line', async () => {
  const line = (id: string, input: number) => ({
    id,
    custom_id: id,
    response: {
      status_code: 200,
      body: {
        id: `chatcmpl-${id}`,
        object: 'chat.completion',
        model: 'gpt-4o-mini-2024-07-18',
        usage: { prompt_tokens: input, completion_tokens: 1000, total_tokens: input + 1000 },
      },
    },
  })
  const failed = { id: 'r3', custom_id: 'r3', response: { status_code: 400, body: { error: { code: 'bad' } } } }
  const file = [line('r1', 1000), line('r2', 3000), failed].map((one) => JSON.stringify(one)).join('\n')
  const { read, ends, usd } = deferredProvider({
    'GET /v1/batches/batch_g': [{ id: 'batch_g', object: 'batch', status: 'completed', output_file_id: 'file-g' }],
    'GET /v1/files/file-g/content': [file],
    'GET /v1/files/file-other/content': [file],
  })
  await read(`${openai}/files/file-other/content`)
  expect(ends).toEqual([])
  await read(`${openai}/batches/batch_g`)
  await read(`${openai}/files/file-g/content`)
  await read(`${openai}/files/file-g/content`)
  expect(ends.map(({ responseId, serviceTier }) => [responseId, serviceTier])).toEqual([
    ['r1', 'batch'],
    ['r2', 'batch'],
  ])
  // Half of $0.15 and $0.60 a million: 1,000 × $0.075 + 1,000 × $0.30, and 3,000 × $0.075 + 1,000 × $0.30.
  expect(usd()).toEqual([0.000375, 0.000525])
})

test("each message of Anthropic's batch counts once, with its own usage", async () => {
  const line = (custom: string, input: number, output: number) =>
    JSON.stringify({
      custom_id: custom,
      result: {
        type: 'succeeded',
        message: {
          id: `msg_${custom}`,
          type: 'message',
          model: 'claude-sonnet-4-20250514',
          stop_reason: 'end_turn',
          usage: { input_tokens: input, output_tokens: output, service_tier: 'batch' },
        },
      },
    })
  const expired = JSON.stringify({ custom_id: 'c', result: { type: 'expired' } })
  const { read, ends, notUnderstood, usd, settle } = deferredProvider({
    'POST /v1/messages/batches': [{ id: 'msgbatch_1', type: 'message_batch', processing_status: 'in_progress' }],
    'GET /v1/messages/batches/msgbatch_1/results': [`${line('a', 1000, 200)}\n${line('b', 2000, 100)}\n${expired}\n`],
  })
  await read('https://api.anthropic.com/v1/messages/batches', { requests: [] })
  for (let time = 0; time < 2; time++) await read('https://api.anthropic.com/v1/messages/batches/msgbatch_1/results')
  settle()
  expect(ends.map(({ responseId }) => responseId)).toEqual(['msg_a', 'msg_b'])
  // Half of $3 and $15 a million: 1,000 × $1.50 + 200 × $7.50, and 2,000 × $1.50 + 100 × $7.50.
  expect(usd()).toEqual([0.003, 0.00375])
  expect(notUnderstood).toEqual([])
})

test("Gemini's batch has its answers in the operation", async () => {
  const response = (id: string) => ({
    response: {
      responseId: id,
      modelVersion: 'gemini-2.5-flash',
      usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 400, totalTokenCount: 1400 },
    },
  })
  const done = {
    name: 'batches/b7',
    done: true,
    metadata: { model: 'models/gemini-2.5-flash', state: 'BATCH_STATE_SUCCEEDED' },
    response: { inlinedResponses: { inlinedResponses: [response('g1'), { error: { code: 3 } }, response('g2')] } },
  }
  const { read, ends, notUnderstood, usd, settle } = deferredProvider({
    'POST /v1beta/models/gemini-2.5-flash:batchGenerateContent': [{ name: 'batches/b7' }],
    'GET /v1beta/batches/b7': [{ name: 'batches/b7', metadata: { state: 'BATCH_STATE_RUNNING' } }, done],
  })
  const base = 'https://generativelanguage.googleapis.com/v1beta'
  await read(`${base}/models/gemini-2.5-flash:batchGenerateContent`, { batch: {} })
  for (let time = 0; time < 3; time++) await read(`${base}/batches/b7`)
  settle()
  expect(ends.map(({ responseId }) => responseId)).toEqual(['g1', 'g2'])
  // Half of $0.30 and $2.50 a million: 1,000 × $0.15 + 400 × $1.25.
  expect(usd()).toEqual([0.00065, 0.00065])
  expect(notUnderstood).toEqual([])
})

test("Mistral's batch has its answers in a file that the job names", async () => {
  const body = { id: 'm1', model: 'mistral-small-latest', usage: { prompt_tokens: 1000, completion_tokens: 100 } }
  const { read, ends, notUnderstood, settle } = deferredProvider({
    'POST /v1/batch/jobs': [{ id: 'job-1', object: 'batch', status: 'QUEUED' }],
    'GET /v1/batch/jobs/job-1': [{ id: 'job-1', status: 'SUCCESS', output_file: 'file-m' }],
    'GET /v1/files/file-m/content': [
      JSON.stringify({ id: 'l1', custom_id: '0', response: { status_code: 200, body } }),
    ],
  })
  await read('https://api.mistral.ai/v1/batch/jobs', { input_files: [] })
  await read('https://api.mistral.ai/v1/batch/jobs/job-1')
  for (let time = 0; time < 2; time++) await read('https://api.mistral.ai/v1/files/file-m/content')
  settle()
  expect(ends).toMatchObject([{ responseId: 'l1', serviceTier: 'batch', usage: { input: 1000, output: 100 } }])
  expect(notUnderstood).toEqual([])
})

test("Gemini's batch names the file of its answers, each of which counts once", async () => {
  const line = (key: string, id: string) =>
    JSON.stringify({
      key,
      response: {
        responseId: id,
        modelVersion: 'gemini-2.5-flash',
        candidates: [{ finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 400, totalTokenCount: 1400 },
      },
    })
  const failed = JSON.stringify({ key: 'c', error: { code: 3, message: 'x' } })
  const { read, ends, notUnderstood, usd, settle } = deferredProvider({
    'POST /v1beta/models/gemini-2.5-flash:batchGenerateContent': [{ name: 'batches/b8', metadata: {} }],
    'GET /v1beta/batches/b8': [
      {
        name: 'batches/b8',
        metadata: {
          model: 'models/gemini-2.5-flash',
          state: 'BATCH_STATE_SUCCEEDED',
          output: { responsesFile: 'files/batch-b8' },
        },
        done: true,
        response: { responsesFile: 'files/batch-b8' },
      },
    ],
    'GET /download/v1beta/files/batch-b8:download': [`${line('a', 'h1')}\n${failed}\n${line('b', 'h2')}\n`],
    'GET /v1beta/files/other:download': [line('a', 'h9')],
  })
  const host = 'https://generativelanguage.googleapis.com'
  await read(`${host}/v1beta/models/gemini-2.5-flash:batchGenerateContent`, { batch: {} })
  await read(`${host}/v1beta/files/other:download?alt=media`)
  await read(`${host}/v1beta/batches/b8`)
  for (let time = 0; time < 2; time++) await read(`${host}/download/v1beta/files/batch-b8:download?alt=media`)
  settle()
  expect(ends.map(({ responseId, serviceTier }) => [responseId, serviceTier])).toEqual([
    ['h1', 'batch'],
    ['h2', 'batch'],
  ])
  expect(usd()).toEqual([0.00065, 0.00065])
  expect(notUnderstood).toEqual([])
})

test("texts that Gemini embeds in a batch are told apart by their place, and have the batch's model", async () => {
  const output = {
    inlinedEmbedContentResponses: { inlinedResponses: [100, 200].map((tokenCount) => ({ response: { tokenCount } })) },
  }
  const { read, ends, settle } = deferredProvider({
    'POST /v1beta/models/gemini-embedding-001:asyncBatchEmbedContent': [{ name: 'batches/e1' }],
    'GET /v1beta/batches/e1': [{ name: 'batches/e1', done: true, metadata: { output } }],
  })
  const base = 'https://generativelanguage.googleapis.com/v1beta'
  await read(`${base}/models/gemini-embedding-001:asyncBatchEmbedContent`, { batch: {} })
  for (let time = 0; time < 2; time++) await read(`${base}/batches/e1`)
  settle()
  expect(ends.map(({ model, usage }) => [model, usage])).toEqual([
    ['gemini-embedding-001', { input: 100 }],
    ['gemini-embedding-001', { input: 200 }],
  ])
})

test("Together's batch, whose states are in capitals and which is wrapped when it is made", async () => {
  const base = 'https://api.together.xyz/v1'
  const body = { id: 'c1', model: 'openai/gpt-oss-120b', usage: { prompt_tokens: 1000, completion_tokens: 100 } }
  const { read, ends, notUnderstood, settle } = deferredProvider({
    'POST /v1/batches': [{ job: { id: 'b-1', status: 'VALIDATING', input_file_id: 'file-1' } }],
    'GET /v1/batches/b-1': [
      { id: 'b-1', status: 'IN_PROGRESS', input_file_id: 'file-1' },
      { id: 'b-1', status: 'COMPLETED', input_file_id: 'file-1', output_file_id: 'file-2' },
    ],
    'GET /v1/files/file-2/content': [JSON.stringify({ custom_id: 'a', response: { status_code: 200, body } })],
  })
  await read(`${base}/batches`, { input_file_id: 'file-1' })
  for (let time = 0; time < 2; time++) await read(`${base}/batches/b-1`)
  for (let time = 0; time < 2; time++) await read(`${base}/files/file-2/content`)
  settle()
  expect(ends).toMatchObject([{ responseId: 'c1', serviceTier: 'batch', usage: { input: 1000, output: 100 } }])
  expect(notUnderstood).toEqual([])
})

test('a batch whose usage was left at 0 has it in its file, and one of Mistral may have its answers in the job', async () => {
  const body = { id: 'c2', model: 'gpt-4o-mini', usage: { prompt_tokens: 1000, completion_tokens: 100 } }
  const answer = { custom_id: 'a', response: { status_code: 200, body } }
  const { read, ends } = deferredProvider({
    'GET /openai/v1/batches/b-2': [
      {
        id: 'b-2',
        object: 'batch',
        status: 'completed',
        output_file_id: 'file-3',
        usage: { input_tokens: 0, output_tokens: 0, total_tokens: 0 },
      },
    ],
    'GET /openai/v1/files/file-3/content': [JSON.stringify(answer)],
    'GET /v1/batch/jobs/job-2': [{ id: 'job-2', status: 'SUCCESS', outputs: [{ id: 'l2', ...answer }] }],
  })
  await read('https://api.novita.ai/openai/v1/batches/b-2')
  await read('https://api.novita.ai/openai/v1/files/file-3/content')
  for (let time = 0; time < 2; time++) await read('https://api.mistral.ai/v1/batch/jobs/job-2')
  expect(ends.map(({ responseId, usage }) => [responseId, usage?.input])).toEqual([
    ['c2', 1000],
    ['l2', 1000],
  ])
})

test("a chat of xAI's and of Perplexity's that is answered later counts once, as the call that began it", async () => {
  const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 }
  const { read, ends, usd, notUnderstood, settle } = deferredProvider({
    'POST /v1/chat/completions': [{ request_id: 'f15c' }],
    'GET /v1/chat/deferred-completion/f15c': ['', { id: 'x1', model: 'grok-3-mini', choices: [], usage }],
    'POST /async/chat/completions': [{ id: 'p1', model: 'sonar', status: 'CREATED' }],
    'GET /async/chat/completions/p1': [
      { id: 'p1', model: 'sonar', status: 'IN_PROGRESS', response: null },
      {
        id: 'p1',
        model: 'sonar',
        status: 'COMPLETED',
        response: { id: 'c', model: 'sonar', choices: [], usage: { ...usage, cost: { total_cost: 0.0062 } } },
      },
    ],
  })
  await read('https://api.x.ai/v1/chat/completions', { model: 'grok-3-mini', messages: [], deferred: true })
  for (let time = 0; time < 3; time++) await read('https://api.x.ai/v1/chat/deferred-completion/f15c')
  await read('https://api.perplexity.ai/async/chat/completions', { request: { model: 'sonar', messages: [] } })
  for (let time = 0; time < 3; time++) await read('https://api.perplexity.ai/async/chat/completions/p1')
  settle()
  expect(ends.map(({ model, isDeferred }) => [model, isDeferred])).toEqual([
    ['grok-3-mini', true],
    ['sonar', true],
  ])
  // 1,000 × $0.30 + 100 × $0.50 a million, and what Perplexity states.
  expect(usd()).toEqual([0.00035, 0.0062])
  expect(notUnderstood).toEqual([])
})

test("a video of OpenAI's is charged by the second when it is done, and one that failed is not", async () => {
  const video = (id: string, more: object) => ({
    id,
    object: 'video',
    model: 'sora-2',
    seconds: '8',
    size: '1280x720',
    ...more,
  })
  const { read, ends, usd, notUnderstood, settle } = deferredProvider({
    'POST /v1/videos': [
      video('video_1', { status: 'queued' }),
      video('video_2', { status: 'queued' }),
      video('video_3', { status: 'queued' }),
    ],
    'GET /v1/videos/video_1': [video('video_1', { status: 'in_progress' }), video('video_1', { status: 'completed' })],
    'GET /v1/videos/video_2': [video('video_2', { status: 'failed', error: { code: 'moderation_blocked' } })],
  })
  for (let time = 0; time < 3; time++) await read(`${openai}/videos`, { model: 'sora-2', prompt: 'x' })
  for (let time = 0; time < 3; time++) await read(`${openai}/videos/video_1`)
  await read(`${openai}/videos/video_2`)
  settle()
  expect(ends.map(({ responseId, errorType }) => [responseId, errorType])).toEqual([
    ['video_1', undefined],
    ['video_2', 'moderation_blocked'],
  ])
  // 8 × $0.10
  expect(usd()).toEqual([0.8, 0])
  expect(notUnderstood).toMatchObject([{ path: '/v1/videos' }])
})

test('a GET over node:http is read as one over fetch is', async () => {
  const server = await startFaultServer((response) =>
    sendJson(response, 200, completed('resp_h', { background: true })),
  )
  const ends: RequestEnd[] = []
  const collector = new MetadataCollector()
  collector.onEvent((event) => {
    if (event.type === 'request-end') ends.push(event)
  })
  const stop = interceptHttp(observeHttp)
  try {
    for (let time = 0; time < 2; time++) {
      await runInScope({ collector }, async () => {
        const [response] = await once(http.get(`${server.url}/responses/resp_h`), 'response')
        await once(response.resume(), 'end')
      })
    }
  } finally {
    stop()
    await server.close()
  }
  expect(ends).toMatchObject([{ responseId: 'resp_h', isDeferred: true, usage: { input: 1000, output: 1000 } }])
})
