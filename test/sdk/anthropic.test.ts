import Anthropic from '@anthropic-ai/sdk'
import { readAll, readSome, testSdkCalls } from './contract.ts'

const client = (url: string) => new Anthropic({ apiKey: 'k', baseURL: url })

const model = 'claude-3-haiku-20240307'
const message = { model, max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hi' }] }
const tools = [{ name: 'weather', description: 'The weather', input_schema: { type: 'object' as const } }]
const retries = { attempts: 3, link: 'header' as const, model }

testSdkCalls('@anthropic-ai/sdk', [
  { ...retries, name: 'message', ask: (url) => client(url).messages.create(message) },
  { ...retries, name: 'message with tools', ask: (url) => client(url).messages.create({ ...message, tools }) },
  {
    ...retries,
    name: 'create, streamed',
    ask: async (url) => readAll(await client(url).messages.create({ ...message, stream: true })),
    leave: async (url) => readSome(await client(url).messages.create({ ...message, stream: true }), 4),
  },
  {
    ...retries,
    name: 'stream helper',
    ask: (url) => client(url).messages.stream(message).finalMessage(),
    leave: (url) => readSome(client(url).messages.stream(message), 4),
  },
])
