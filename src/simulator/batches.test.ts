import Anthropic from '@anthropic-ai/sdk'
import OpenAI, { toFile } from 'openai'
import { afterEach, expect, test } from 'vitest'
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'

let simulator: Simulator

afterEach(() => simulator.close())

async function start(options: SimulatorOptions = {}) {
  simulator = await startSimulator({ timeScale: 0, seed: 3, answers: () => 'Two words.', ...options })
  return {
    openai: new OpenAI({ baseURL: simulator.url, apiKey: 'none', maxRetries: 0 }),
    anthropic: new Anthropic({ baseURL: simulator.url.replace(/\/v1$/, ''), apiKey: 'none', maxRetries: 0 }),
  }
}

/** Asks until what is asked for is so; each answer is a turn of the event loop. */
async function until<Value>(ask: () => Promise<Value>, isSo: (value: Value) => boolean): Promise<Value> {
  for (;;) {
    const value = await ask()
    if (isSo(value)) return value
  }
}

const messages = [{ role: 'user' as const, content: 'Say two words.' }]
const message = { model: 'claude-sonnet-4-5', max_tokens: 20, messages }

test("Anthropic's SDK hands a batch in and reads its results, at the batch tier in the log", async () => {
  const { anthropic } = await start()
  const { batches } = anthropic.messages
  const made = await batches.create({ requests: ['a', 'b'].map((custom_id) => ({ custom_id, params: message })) })
  expect(made).toMatchObject({ type: 'message_batch', processing_status: 'in_progress' })
  expect(made.request_counts.processing).toBe(2)
  const ended = await until(
    () => batches.retrieve(made.id),
    ({ processing_status }) => processing_status === 'ended',
  )
  expect(ended.request_counts).toEqual({ processing: 0, succeeded: 2, errored: 0, canceled: 0, expired: 0 })
  const results = []
  for await (const result of await batches.results(made.id)) results.push(result)
  expect(results.map(({ custom_id }) => custom_id)).toEqual(['a', 'b'])
  expect(results[0]?.result).toMatchObject({
    type: 'succeeded',
    message: {
      content: [{ type: 'text', text: 'Two words.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: simulator.log[0]?.promptTokens, output_tokens: 3, service_tier: 'batch' },
    },
  })
  expect(simulator.log).toMatchObject([{ serviceTier: 'batch', costStatus: 'priced' }, { serviceTier: 'batch' }])
  const listed = await batches.list()
  expect(listed.data.map(({ id }) => id)).toEqual([made.id])
})

test('tools, results of tools and what the system says are those of a chat', async () => {
  const asked: unknown[] = []
  const toolCalls = [{ name: 'add', arguments: { a: 1 } }]
  const { anthropic } = await start({
    answers: (request) => {
      asked.push(request.messages.map(({ role, content }) => [role, content]))
      return { toolCalls }
    },
  })
  const turn = [{ type: 'tool_use' as const, id: 't', name: 'add', input: { a: 1 } }]
  const result = [{ type: 'tool_result' as const, tool_use_id: 't', content: '2' }]
  const chat = [...messages, { role: 'assistant' as const, content: turn }, { role: 'user' as const, content: result }]
  const tools = [{ name: 'add', input_schema: { type: 'object' as const } }]
  const { batches } = anthropic.messages
  const params = { ...message, system: 'Be brief.', messages: chat, tools }
  const { id } = await batches.create({ requests: [{ custom_id: 'a', params }] })
  await until(
    () => batches.retrieve(id),
    ({ processing_status }) => processing_status === 'ended',
  )
  for await (const { result } of await batches.results(id)) {
    const content = [{ type: 'tool_use', name: 'add', input: { a: 1 } }]
    expect(result).toMatchObject({ type: 'succeeded', message: { content, stop_reason: 'tool_use' } })
  }
  expect(asked).toEqual([
    [
      ['system', 'Be brief.'],
      ['user', 'Say two words.'],
      ['assistant', ''],
      ['tool', '2'],
    ],
  ])
})

test('what is wrong, what fails, what expires and what is cancelled is told as Anthropic does', async () => {
  const { anthropic } = await start({ batchExpiryRate: 1, serverErrorRate: 1, maxFaultsPerCall: 1 })
  const { batches } = anthropic.messages
  await expect(batches.create({ requests: [] })).rejects.toThrow(/400.*Expected requests/)
  await expect(batches.retrieve('none')).rejects.toThrow(/404.*There is no none/)
  const ids = ['a', 'b', 'c', 'd']
  const { id } = await batches.create({
    requests: ids.map((custom_id, index) => ({ custom_id, params: { ...message, max_tokens: index === 1 ? -1 : 20 } })),
  })
  await until(
    () => batches.retrieve(id),
    ({ processing_status }) => processing_status === 'ended',
  )
  const types: string[] = []
  for await (const { result } of await batches.results(id)) types.push(result.type)
  expect(types).toEqual(['errored', 'errored', 'expired', 'expired'])
  expect(simulator.log).toMatchObject([{ status: 500, fault: 'server-error' }])
})

test('a batch of which the own answers fail ends, and each call without an answer says why', async () => {
  let count = 0
  const answers = () => {
    count += 1
    if (count > 1) throw new Error('no such answer')
    return 'One.'
  }
  const { anthropic } = await start({ answers })
  const { batches } = anthropic.messages
  const { id } = await batches.create({
    requests: ['a', 'b', 'c'].map((custom_id) => ({ custom_id, params: message })),
  })
  const ended = await until(
    () => batches.retrieve(id),
    ({ processing_status }) => processing_status === 'ended',
  )
  expect(ended.request_counts).toMatchObject({ processing: 0, succeeded: 1, errored: 2 })
  const results = []
  for await (const { result } of await batches.results(id)) results.push(result)
  expect(results[2]).toMatchObject({
    type: 'errored',
    error: { error: { type: 'api_error', message: 'no such answer' } },
  })
})

test('a batch that is cancelled ends at once, in both formats', async () => {
  const { anthropic, openai } = await start({ timeScale: 1, batchSeconds: 3_600 })
  const { batches } = anthropic.messages
  const { id } = await batches.create({ requests: [{ custom_id: 'a', params: message }] })
  await batches.cancel(id)
  const ended = await until(
    () => batches.retrieve(id),
    ({ processing_status }) => processing_status === 'ended',
  )
  expect(ended.request_counts.canceled).toBe(1)
  const line = { custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body: { model: 'gpt-4o-mini', messages } }
  const file = await openai.files.create({
    file: await toFile(Buffer.from(JSON.stringify(line)), 'a.jsonl'),
    purpose: 'batch',
  })
  const made = await openai.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  })
  expect((await openai.batches.cancel(made.id)).status).toBe('cancelling')
  const over = await until(
    () => openai.batches.retrieve(made.id),
    ({ status }) => status === 'cancelled',
  )
  const errors = await (await openai.files.content(over.error_file_id ?? '')).text()
  expect(JSON.parse(errors)).toMatchObject({ custom_id: 'a', error: { code: 'batch_cancelled' } })
  const files = await openai.files.list()
  expect(files.data.map(({ filename }) => filename)).toEqual(['output.jsonl', 'a.jsonl'])
})

test('a form that cannot be read is refused, as is a batch of a file that is not there', async () => {
  await start()
  const headers = { 'content-type': 'multipart/form-data; boundary=x' }
  const upload = await fetch(`${simulator.url}/files`, { method: 'POST', headers, body: 'no form' })
  expect([upload.status, await upload.text()]).toEqual([400, expect.stringContaining('Expected multipart/form-data.')])
  const batch = await fetch(`${simulator.url}/batches`, {
    method: 'POST',
    body: '{"input_file_id":"x","endpoint":"y"}',
  })
  expect(batch.status).toBe(400)
})
