import { createOpenAI } from '@ai-sdk/openai'
import { ChatOpenAI } from '@langchain/openai'
import { generateText, streamText } from 'ai'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { type MockModels, startMockModels } from '../helpers/mock-models.ts'
import { startModelServer } from '../helpers/model-server.ts'
import { observeRequests } from '../helpers/observe-requests.ts'
import { watchWire } from '../helpers/watch-wire.ts'

let models: MockModels
let endWatch = () => {}
beforeAll(async () => {
  endWatch = watchWire()
  models = await startMockModels()
})
afterAll(async () => {
  endWatch()
  await models.stop()
})
afterEach(() => vi.unstubAllEnvs())

const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Hi' }] }
const client = (url: string) => new OpenAI({ apiKey: 'k', baseURL: `${url}/v1` })

async function observe<Result>(ask: (url: string) => Promise<Result>) {
  const server = await startModelServer({ respond: models.respond })
  onTestFinished(() => server.close())
  const observed = await observeRequests(() => ask(server.url))
  expect(observed.error).toBeUndefined()
  return { ...observed, sent: server.requests.map(({ body }): unknown => JSON.parse(body)) }
}

/** All that the caller of a stream without usage gets; most programs read `choices[0]` of each chunk. */
async function streamedTexts(url: string): Promise<readonly (string | null | undefined)[]> {
  const texts: (string | null | undefined)[] = []
  for await (const chunk of await client(url).chat.completions.create({ ...chat, stream: true })) {
    texts.push(chunk.choices[0]?.delta.content)
  }
  return texts
}

test('a stream that was not asked for its usage is a request without usage, with an estimate beside it', async () => {
  const { attempts, collector, sent } = await observe(streamedTexts)
  expect(sent[0]).not.toHaveProperty('stream_options')
  expect(attempts).toHaveLength(1)
  expect(attempts[0]?.errorType).toBeUndefined()
  expect(attempts[0]?.usage).toBeUndefined()
  expect(attempts[0]?.estimatedUsage?.output).toBeGreaterThan(3)
  const { requests, tokens } = collector.getMetadataSummary().aggregate_statistics
  expect(requests).toMatchObject({ total_requests: 1, total_failures: 0 })
  expect(tokens.total_tokens).toBe(0)
})

test('SYGRA_INCLUDE_USAGE=1 asks for it, and the caller gets the same chunks', async () => {
  const before = await observe(streamedTexts)
  vi.stubEnv('SYGRA_INCLUDE_USAGE', '1')
  const { attempts, value, sent } = await observe(streamedTexts)
  expect(sent[0]).toMatchObject({ stream_options: { include_usage: true } })
  expect(value).toEqual(before.value)
  expect(attempts[0]?.usage).toMatchObject({ input: 44, output: 92 })
  expect(attempts[0]?.estimatedUsage).toBeUndefined()
})

/** Calls that either ask for usage themselves or do not stream: they are sent as they are. */
const asIs: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
  'one that asks itself': async (url) => {
    const options = { ...chat, stream: true as const, stream_options: { include_usage: true } }
    let usages = 0
    for await (const { usage } of await client(url).chat.completions.create(options)) if (usage) usages += 1
    expect(usages).toBe(1)
  },
  'one that does not stream': (url) => client(url).chat.completions.create(chat),
  'a stream of the AI SDK': async (url) => {
    const model = createOpenAI({ apiKey: 'k', baseURL: `${url}/v1` }).chat('gpt-4o-mini')
    const { usage } = streamText({ model, prompt: 'Hi' })
    expect((await usage).outputTokens).toBe(92)
  },
  'a call of the AI SDK': (url) =>
    generateText({ model: createOpenAI({ apiKey: 'k', baseURL: `${url}/v1` }).chat('gpt-4o-mini'), prompt: 'Hi' }),
  'a stream of LangChain': async (url) => {
    const model = new ChatOpenAI({ model: 'gpt-4o-mini', apiKey: 'k', configuration: { baseURL: `${url}/v1` } })
    for await (const _ of await model.stream('Hi'));
  },
}

test.each(Object.entries(asIs))('SYGRA_INCLUDE_USAGE=1 leaves %s as it is', async (_name, ask) => {
  const before = await observe(ask)
  vi.stubEnv('SYGRA_INCLUDE_USAGE', '1')
  const { attempts, sent } = await observe(ask)
  expect(sent).toEqual(before.sent)
  expect(attempts[0]?.usage).toMatchObject({ input: 44, output: 92 })
})
