import { LLMock } from '@copilotkit/aimock'
import { afterEach, expect, test, vi } from 'vitest'
import { type Answer, chatCompletion, sendJson, startFaultServer } from '../helpers/fault-server.ts'
import { runModel } from '../helpers/model-run.ts'

// Every kind of service that models.yaml knows is asked by an llm node at a server that speaks its format, and accounted for.

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(closing.splice(0).map((close) => close()))
})

interface Provider {
  readonly type: string
  readonly entry?: object
  readonly environment?: Readonly<Record<string, string>>
  readonly startServer: () => Promise<TestServer>
  /** What the address is set to, from the root of the server. */
  readonly address: string
  /** The path that the node asked, and the header that brought the key. */
  readonly path: string
  readonly keyHeader?: readonly [string, string | RegExp]
  readonly title: string
  readonly provider: string | null
  readonly status: string
}

interface TestServer {
  readonly root: string
  readonly asked: () => readonly { readonly path: string; readonly headers: Readonly<Record<string, unknown>> }[]
}

// The mock says that the header was there, and not what was in it.
const hidden = '[REDACTED]'

const providers: readonly Provider[] = [
  {
    type: 'openai',
    entry: { model: 'gpt-4o-mini' },
    environment: { OPENAI_API_KEY: 'key-1' },
    startServer: startMock,
    address: '/v1',
    path: '/v1/chat/completions',
    keyHeader: ['authorization', hidden],
    title: 'OpenAI',
    provider: 'openai',
    status: 'priced',
  },
  {
    type: 'azure_openai',
    entry: { model: 'our-deployment', api_version: '2024-10-21', pricing: { input: 1, output: 2 } },
    environment: { AZURE_OPENAI_API_KEY: 'key-2' },
    startServer: startMock,
    address: '',
    path: '/openai/deployments/our-deployment/chat/completions?api-version=2024-10-21',
    keyHeader: ['api-key', hidden],
    title: 'AzureOpenAI',
    provider: 'azure',
    status: 'priced',
  },
  {
    type: 'vllm',
    entry: { model_serving_name: 'llama' },
    environment: { SYGRA_SERVED_AUTH_TOKEN: 'key-4' },
    startServer: () => startOwnServer({ served: 'llama' }),
    address: '',
    path: '/v1/chat/completions',
    keyHeader: ['authorization', 'Bearer key-4'],
    title: 'VLLM',
    provider: 'vllm',
    status: 'free',
  },
  {
    type: 'tgi',
    entry: { model: 'tgi' },
    startServer: () => startOwnServer({ served: 'tgi', models: 404 }),
    address: '/generate',
    path: '/v1/chat/completions',
    title: 'TGI',
    provider: 'tgi',
    status: 'free',
  },
  {
    type: 'ollama',
    entry: { model: 'qwen3' },
    startServer: () => startOwnServer({ served: 'qwen3:latest' }),
    address: '',
    path: '/v1/chat/completions',
    title: 'Ollama',
    provider: 'ollama',
    status: 'free',
  },
  {
    type: 'mistralai',
    entry: { model: 'mistral-large-2411' },
    environment: { MISTRAL_API_KEY: 'key-5' },
    startServer: () => startOwnServer({ served: 'mistral-large-2411' }),
    address: '/v1',
    path: '/v1/chat/completions',
    keyHeader: ['authorization', 'Bearer key-5'],
    title: 'MistralAPI',
    provider: 'mistral',
    status: 'priced',
  },
  {
    type: 'openai_compatible',
    entry: { model: 'anything', headers: { 'x-team': 'blue' } },
    startServer: () => startOwnServer({ served: 'anything' }),
    address: '/api/v3',
    path: '/api/v3/chat/completions',
    keyHeader: ['x-team', 'blue'],
    title: 'OpenAICompatible',
    provider: null,
    status: 'unpriced',
  },
  {
    type: 'anthropic',
    entry: { model: 'claude-sonnet-4-5', parameters: { max_tokens: 64 } },
    environment: { ANTHROPIC_API_KEY: 'key-6' },
    startServer: startMock,
    address: '/v1',
    path: '/v1/messages',
    keyHeader: ['x-api-key', hidden],
    title: 'Anthropic',
    provider: 'anthropic',
    status: 'priced',
  },
  {
    type: 'gemini',
    entry: { model: 'gemini-2.5-flash' },
    environment: { GEMINI_API_KEY: 'key-7' },
    startServer: startMock,
    address: '/v1beta',
    path: '/v1beta/models/gemini-2.5-flash:generateContent',
    keyHeader: ['x-goog-api-key', hidden],
    title: 'Gemini',
    provider: 'google',
    status: 'priced',
  },
]

test.each(providers)('$type: an llm node asks it, and request, tokens and cost are accounted for', async (provider) => {
  const server = await provider.startServer()
  const { metadata, records, failures } = await runModel(
    { model_type: provider.type, ...provider.entry },
    { environment: { SYGRA_SERVED_URL: server.root + provider.address, ...provider.environment } },
  )
  expect(failures).toEqual([])
  expect(records).toMatchObject([{ id: 'a', said: 'Hello' }])
  const sent = server.asked()
  expect(sent.map(({ path }) => path)).toEqual([provider.path])
  if (provider.keyHeader !== undefined) expect(sent[0]?.headers[provider.keyHeader[0]]).toBe(provider.keyHeader[1])
  expect(metadata?.models.served).toMatchObject({
    model_type: provider.title,
    provider: provider.provider,
    token_statistics: { total_prompt_tokens: 44, total_completion_tokens: 92, total_tokens: 136 },
    performance: { total_requests: 1, total_retries: 0, total_failures: 0 },
    cost: { status: provider.status },
    response_code_distribution: { 200: 1 },
  })
  expect(metadata?.nodes.ask).toMatchObject({ model_name: 'served', token_statistics: { total_tokens: 136 } })
})

interface CheckedByRequest extends Pick<Provider, 'type' | 'entry' | 'environment' | 'address' | 'title'> {
  readonly path: RegExp
  readonly startServer?: () => Promise<TestServer>
}

const checkedByRequest: readonly CheckedByRequest[] = [
  {
    type: 'bedrock',
    entry: { model: 'anthropic.claude-3-haiku-20240307-v1:0', region: 'us-east-1' },
    environment: { AWS_BEARER_TOKEN_BEDROCK: 'key-8' },
    address: '',
    path: /^\/model\/anthropic\.claude-3-haiku-20240307-v1%3A0\/converse$/,
    title: 'Bedrock',
  },
  {
    type: 'bedrock',
    entry: { model: 'anthropic.claude-3-haiku-20240307-v1:0', region: 'us-east-1' },
    environment: { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' },
    address: '',
    path: /\/converse$/,
    title: 'Bedrock',
  },
  {
    type: 'vertex_ai',
    entry: { model: 'gemini-2.5-flash' },
    environment: { GOOGLE_VERTEX_API_KEY: 'key-9' },
    address: '/v1beta',
    path: /^\/v1beta\/models\/gemini-2.5-flash:generateContent$/,
    title: 'VertexAI',
  },
  {
    type: 'azure',
    entry: { model: 'Phi-4', api_version: '2024-05-01-preview', pricing: { input: 1, output: 2 } },
    environment: { SYGRA_SERVED_TOKEN: 'key-3' },
    startServer: () => startOwnServer({ served: 'Phi-4' }),
    address: '/models',
    path: /^\/models\/chat\/completions\?api-version=2024-05-01-preview$/,
    title: 'Azure',
  },
]

test.each(checkedByRequest)(
  '$type lists no models without cost: the request that checks it is counted, and belongs to no record',
  async ({ type, entry, environment, address, path, title, startServer = startMock }) => {
    const server = await startServer()
    const run = () =>
      runModel(
        { model_type: type, ...entry },
        { environment: { SYGRA_SERVED_URL: server.root + address, ...environment } },
      )
    const { metadata, failures } = await run()
    expect(failures).toEqual([])
    expect(server.asked().map((request) => request.path)).toEqual([
      expect.stringMatching(path),
      expect.stringMatching(path),
    ])
    expect(metadata?.models.served).toMatchObject({
      model_type: title,
      performance: { total_requests: 2, total_failures: 0 },
      token_statistics: { total_tokens: 2 * 136 },
      cost: { status: 'priced' },
    })
    expect(metadata?.nodes.ask?.token_statistics?.total_tokens).toBe(136)
  },
)

async function startMock(): Promise<TestServer> {
  const mock = new LLMock({ port: 0, logLevel: 'silent' })
  const seven = { prompt_tokens: 44, completion_tokens: 92, total_tokens: 136 }
  const usage = { ...seven, input_tokens: 44, output_tokens: 92, promptTokenCount: 44, candidatesTokenCount: 92 }
  mock.onMessage(/.*/, { content: 'Hello', usage: { ...usage, totalTokenCount: 136 } })
  const root = await mock.start()
  closing.push(() => mock.stop())
  return {
    root,
    asked: () =>
      mock.getRequests().flatMap(({ method, path, headers }) => (method === 'POST' ? [{ path, headers }] : [])),
  }
}

/** A server of OpenAI's format that lists the model it serves, or has no list. */
async function startOwnServer({ served, models = 200 }: { served: string; models?: number }): Promise<TestServer> {
  const answer: Answer = (response, { url }) =>
    url.endsWith('/models')
      ? sendJson(response, models, { object: 'list', data: [{ id: served }] })
      : sendJson(response, 200, { ...chatCompletion(), model: served })
  const server = await startFaultServer(answer)
  closing.push(server.close)
  return {
    root: server.url.replace(/\/v1$/, ''),
    asked: () => server.requests.flatMap(({ url: path, headers, body }) => (body === '' ? [] : [{ path, headers }])),
  }
}
