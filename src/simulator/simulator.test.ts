import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import OpenAI, { AzureOpenAI } from 'openai'
import { afterEach, expect, test } from 'vitest'
import type { SimulatedRequest } from './request-log.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'

const open: Simulator[] = []

async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ timeScale: 0, ...options })
  open.push(simulator)
  return simulator
}

afterEach(async () => {
  for (const simulator of open.splice(0)) await simulator.close()
})

const clientOf = ({ url }: Simulator) => new OpenAI({ baseURL: url, apiKey: 'simulated', maxRetries: 0 })
const ask = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Why is the sky blue?' }] }

function post(simulator: Simulator, body: unknown, init: RequestInit = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(`${simulator.url}/chat/completions`, { method: 'POST', body: text, ...init })
}

async function listOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

function deferred<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => {}
  const promise = new Promise<Value>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

test('an answer has the shape of a chat completion and the token counts of gpt-tokenizer', async () => {
  const simulator = await start()
  const { data, response } = await clientOf(simulator).chat.completions.create(ask).withResponse()
  const content = data.choices[0]?.message.content ?? ''
  expect(content).toMatch(/sky|blue/i)
  expect(data).toMatchObject({ object: 'chat.completion', model: 'gpt-4o-mini', service_tier: 'default' })
  expect(data.id).toMatch(/^chatcmpl-[0-9a-f]{24}$/)
  expect(data.choices[0]?.finish_reason).toBe('stop')
  const promptTokens = 3 + 3 + countTokens('user') + countTokens('Why is the sky blue?')
  const completionTokens = countTokens(content)
  expect(data.usage).toEqual({
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  })
  expect(response.headers.get('x-sygra-simulated')).toBe('1')
  expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{24}$/)
  expect(simulator.log).toMatchObject([
    { index: 0, status: 200, model: 'gpt-4o-mini', isStream: false, isUsageSent: true, promptTokens, completionTokens },
  ])
})

test('a stream with include_usage ends with a chunk of usage and says what the whole answer says', async () => {
  const client = clientOf(await start())
  const stream = await client.chat.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } })
  const chunks = await listOf(stream)
  const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
  const last = chunks.at(-1)
  expect(last?.choices).toEqual([])
  expect(last?.usage?.completion_tokens).toBe(countTokens(text))
  expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null && chunk.choices.length === 1)).toBe(true)
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
  expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant')
  expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1)
})

test('a stream without include_usage carries no usage, and the log says that none was sent', async () => {
  const simulator = await start()
  const chunks = await listOf(await clientOf(simulator).chat.completions.create({ ...ask, stream: true }))
  expect(chunks.every((chunk) => !('usage' in chunk))).toBe(true)
  const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
  expect(simulator.log).toMatchObject([{ isStream: true, isUsageSent: false, completionTokens: countTokens(text) }])
})

test('text of any characters arrives whole in a stream, one chunk a token', async () => {
  const text = 'Grüße 👩‍👩‍👧 漢字 \u0000 "quoted"\n\ndata: [DONE]\r\n𝒳'
  const client = clientOf(await start({ answers: () => text }))
  const chunks = await listOf(await client.chat.completions.create({ ...ask, stream: true }))
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(text)
})

test('Azure clients are served on both of its paths, with the chunk that has no choices', async () => {
  const simulator = await start()
  const endpoint = simulator.url.replace('/v1', '')
  const azure = new AzureOpenAI({
    endpoint,
    apiKey: 'simulated',
    apiVersion: '2024-10-21',
    deployment: 'my-deployment',
  })
  const answer = await azure.chat.completions.create({ ...ask, model: 'ignored' })
  expect(answer.model).toBe('my-deployment')
  const newer = new OpenAI({ baseURL: `${endpoint}/openai/v1`, apiKey: 'simulated' })
  const chunks = await listOf(await newer.chat.completions.create({ ...ask, stream: true }))
  expect(chunks[0]?.choices).toEqual([])
  expect(chunks.length).toBeGreaterThan(3)
})

test('models are listed and any name is a model', async () => {
  const client = clientOf(await start())
  expect((await client.models.list()).data.map((model) => model.id)).toContain('gpt-4o-mini')
  expect((await client.models.retrieve('my/own-model')).id).toBe('my/own-model')
})

test.each([
  ['not JSON', '{', 400, /not JSON/],
  ['no messages', { model: 'gpt-4o', messages: [] }, 400, /messages/],
  ['no model', { messages: ask.messages }, 400, /model/],
  ['a list', [], 400, /body/],
])('a request with %s is answered 400 in the shape of OpenAI and logged', async (_, body, status, message) => {
  const simulator = await start()
  const response = await post(simulator, body)
  expect(response.status).toBe(status)
  expect(response.headers.get('x-sygra-simulated')).toBe('1')
  expect(await response.json()).toMatchObject({
    error: { message: expect.stringMatching(message), type: 'invalid_request_error' },
  })
  expect(simulator.log).toMatchObject([{ status, promptTokens: 0, isUsageSent: false }])
})

test('what is not served is refused with what is', async () => {
  const simulator = await start()
  const unknown = await fetch(`${simulator.url}/responses`, { method: 'POST', body: '{}' })
  expect(unknown.status).toBe(404)
  expect(await unknown.json()).toMatchObject({ error: { code: 'unknown_url', message: /\/v1\/chat\/completions/ } })
  const wrong = await fetch(`${simulator.url}/chat/completions`)
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST'])
  expect(simulator.log).toEqual([])
})

test('max_tokens and stop sequences cut the answer', async () => {
  const client = clientOf(await start({ answers: () => 'one two three four five six STOP seven' }))
  const short = await client.chat.completions.create({ ...ask, max_completion_tokens: 3 })
  expect(short.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'one two three' } })
  expect(short.usage?.completion_tokens).toBe(3)
  const stopped = await client.chat.completions.create({ ...ask, stop: ['STOP'] })
  expect(stopped.choices[0]).toMatchObject({
    finish_reason: 'stop',
    message: { content: 'one two three four five six ' },
  })
})

test('n choices are n answers, and their tokens add up', async () => {
  const client = clientOf(await start())
  const { choices, usage } = await client.chat.completions.create({ ...ask, n: 3 })
  const texts = choices.map((choice) => choice.message.content ?? '')
  expect(new Set(texts).size).toBe(3)
  expect(usage?.completion_tokens).toBe(texts.reduce((sum, text) => sum + countTokens(text), 0))
})

test('reasoning models report hidden tokens inside the completion tokens, other models none', async () => {
  const simulator = await start()
  const { usage, choices } = await clientOf(simulator).chat.completions.create({ ...ask, model: 'o3-mini' })
  const reasoning = usage?.completion_tokens_details?.reasoning_tokens ?? 0
  expect(reasoning).toBeGreaterThan(0)
  expect(usage?.completion_tokens).toBe(reasoning + countTokens(choices[0]?.message.content ?? ''))
  expect(simulator.log).toMatchObject([{ reasoningTokens: reasoning }])
})

test('a limit smaller than the reasoning leaves no text', async () => {
  const client = clientOf(await start())
  const { choices, usage } = await client.chat.completions.create({ ...ask, model: 'o3', max_completion_tokens: 10 })
  expect(choices[0]).toMatchObject({ finish_reason: 'length', message: { content: '' } })
  expect(usage?.completion_tokens).toBe(10)
})

test('with cacheHitRate a long shared prefix is reported as cached, in steps of 128 tokens', async () => {
  const simulator = await start({ cacheHitRate: 1 })
  const messages = [
    { role: 'system' as const, content: 'Answer in the manner of the house. '.repeat(300) },
    { role: 'user' as const, content: 'Why?' },
  ]
  const { usage } = await clientOf(simulator).chat.completions.create({ ...ask, messages })
  const cached = usage?.prompt_tokens_details?.cached_tokens ?? 0
  expect(cached).toBeGreaterThanOrEqual(1024)
  expect(cached % 128).toBe(0)
  expect(cached).toBeLessThan(usage?.prompt_tokens ?? 0)
  expect(simulator.log).toMatchObject([{ cachedTokens: cached }])
})

test('the service tier of the answer is the one that was asked for', async () => {
  const client = clientOf(await start())
  const flex = await client.chat.completions.create({ ...ask, service_tier: 'flex' })
  const auto = await client.chat.completions.create({ ...ask, service_tier: 'auto' })
  expect([flex.service_tier, auto.service_tier]).toEqual(['flex', 'default'])
})

test('canned answers are used where there is one, tool calls included, and the default elsewhere', async () => {
  const client = clientOf(
    await start({
      answers: async ({ messages }, { random, choice }) => {
        if (messages[0]?.content === 'tool') return { toolCalls: [{ name: 'look', arguments: { at: choice } }] }
        if (messages[0]?.content === 'draw') return `drawn ${random().toFixed(3)}`
        if (messages[0]?.content === 'no') return { refusal: 'I cannot.' }
        return undefined
      },
    }),
  )
  const say = async (content: string) => {
    const answer = await client.chat.completions.create({ ...ask, messages: [{ role: 'user', content }] })
    return answer.choices[0]
  }
  expect(await say('tool')).toMatchObject({
    finish_reason: 'tool_calls',
    message: { content: null, tool_calls: [{ type: 'function', function: { name: 'look', arguments: '{"at":0}' } }] },
  })
  expect((await say('draw'))?.message.content).toBe((await say('draw'))?.message.content)
  expect((await say('no'))?.message).toMatchObject({ content: null, refusal: 'I cannot.' })
  expect((await say('Why is the sea salt?'))?.message.content).toMatch(/\w+/)
})

test('an answer function that throws is a server error that says so and is not to be retried', async () => {
  const simulator = await start({
    answers: () => {
      throw new Error('no such question')
    },
  })
  const response = await post(simulator, ask)
  expect([response.status, response.headers.get('x-should-retry')]).toEqual([500, 'false'])
  expect(await response.json()).toMatchObject({ error: { message: /answer function.*no such question/ } })
})

test('tool calls stream as a name and pieces of arguments', async () => {
  const client = clientOf(
    await start({ answers: () => ({ toolCalls: [{ name: 'search', arguments: { query: 'blue sky', limit: 5 } }] }) }),
  )
  const runner = client.chat.completions.stream({
    ...ask,
    tools: [{ type: 'function', function: { name: 'search', parameters: { type: 'object' } } }],
  })
  const calls = (await runner.finalMessage()).tool_calls ?? []
  expect(calls).toMatchObject([{ function: { name: 'search', arguments: '{"query":"blue sky","limit":5}' } }])
})

test.each([false, true])('an answer takes the time that was set (stream: %s)', async (stream) => {
  const simulator = await start({
    timeScale: 1,
    latencySeconds: 0.05,
    latencySigma: 0,
    timeToFirstTokenSeconds: 0.02,
    tokensPerSecond: 100,
    answers: () => 'one two three four five six seven eight nine ten',
  })
  const startedAtMs = performance.now()
  await (await post(simulator, { ...ask, stream })).text()
  // Ten tokens have nine steps of 10 ms between them. Timers may fire a millisecond early.
  expect(performance.now() - startedAtMs).toBeGreaterThan(158)
  expect(simulator.log[0]?.durationSeconds).toBeGreaterThan(0.158)
})

test('a client that leaves a stream is logged as gone, with the tokens it got', async () => {
  const { promise, resolve } = deferred<SimulatedRequest>()
  const simulator = await start({
    timeScale: 1,
    latencySeconds: 0,
    timeToFirstTokenSeconds: 0,
    tokensPerSecond: 1,
    onRequest: resolve,
  })
  for await (const chunk of await clientOf(simulator).chat.completions.create({ ...ask, stream: true })) {
    if (chunk.choices[0]?.delta.content) break
  }
  expect(await promise).toMatchObject({ status: 200, clientAborted: true, isUsageSent: false, completionTokens: 1 })
})

test('a client that leaves before the answer is logged with status 0', async () => {
  const { promise, resolve } = deferred<SimulatedRequest>()
  const controller = new AbortController()
  const simulator = await start({
    timeScale: 1,
    latencySeconds: 1000,
    latencySigma: 0,
    onRequest: resolve,
    answers: () => {
      controller.abort()
      return 'too late'
    },
  })
  await expect(post(simulator, ask, { signal: controller.signal })).rejects.toThrow(/abort/)
  expect(await promise).toMatchObject({ status: 0, clientAborted: true, completionTokens: 0, isUsageSent: false })
})

test('closing cuts what is being served, logs it as such, and may be asked for twice', async () => {
  const { promise, resolve } = deferred<void>()
  const simulator = await start({
    timeScale: 1,
    latencySeconds: 1000,
    answers: () => {
      resolve()
      return 'never sent'
    },
  })
  const asked = post(simulator, ask).then(
    () => 'answered',
    () => 'cut',
  )
  await promise
  await Promise.all([simulator.close(), simulator.close()])
  expect(await asked).toBe('cut')
  expect(simulator.log).toMatchObject([{ status: 0, simulatorClosed: true }])
  await expect(fetch(simulator.url)).rejects.toThrow()
})

test('a port that is taken is refused with a clear error', async () => {
  const { port } = await start()
  await expect(start({ port })).rejects.toThrow(`simulator: port ${port} is in use`)
  await expect(start({ port: 70_000 })).rejects.toThrow('simulator: port: expected 0 to 65535, found 70000')
})

test('the log keeps the newest attempts, and the listener hears of each', async () => {
  const heard: number[] = []
  const simulator = await start({ maxLogEntries: 10, onRequest: ({ index }) => heard.push(index) })
  for (let index = 0; index < 25; index++) await (await post(simulator, ask)).text()
  expect(heard).toEqual(Array.from({ length: 25 }, (_, index) => index))
  expect(simulator.log.length).toBeLessThanOrEqual(10)
  expect(simulator.log.at(-1)?.index).toBe(24)
})
