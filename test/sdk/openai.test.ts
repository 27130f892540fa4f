import OpenAI, { AzureOpenAI } from 'openai'
import { jsonAnswer } from '../helpers/model-server.ts'
import { readAll, readSome, testSdkCalls } from './contract.ts'

const client = (url: string) => new OpenAI({ apiKey: 'k', baseURL: `${url}/v1` })
const azure = (url: string) =>
  new AzureOpenAI({ apiKey: 'k', endpoint: url, apiVersion: '2024-10-21', deployment: 'gpt-4o-mini' })

const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Hi' }] }
const chatStream = { ...chat, stream: true as const, stream_options: { include_usage: true } }
const response = { model: 'gpt-4o-mini', input: 'Hi' }
const embeddings = {
  object: 'list',
  model: 'text-embedding-3-small',
  data: [{ object: 'embedding', index: 0, embedding: [0.25, 0.5] }],
  usage: { prompt_tokens: 44, total_tokens: 44 },
}
const retries = { attempts: 3, link: 'header' as const, model: 'gpt-4o-mini' }

testSdkCalls('openai', [
  { ...retries, name: 'chat', ask: (url) => client(url).chat.completions.create(chat) },
  {
    ...retries,
    name: 'chat, streamed',
    ask: async (url) => readAll(await client(url).chat.completions.create(chatStream)),
    leave: async (url) => readSome(await client(url).chat.completions.create(chatStream)),
  },
  { ...retries, name: 'responses', ask: (url) => client(url).responses.create(response) },
  {
    ...retries,
    name: 'responses, streamed',
    ask: async (url) => readAll(await client(url).responses.create({ ...response, stream: true })),
    leave: async (url) => readSome(await client(url).responses.create({ ...response, stream: true }), 6),
  },
  {
    ...retries,
    name: 'embeddings',
    model: 'text-embedding-3-small',
    usage: { input: 44 },
    respond: () => jsonAnswer(embeddings),
    ask: (url) => client(url).embeddings.create({ model: 'text-embedding-3-small', input: 'Hi' }),
  },
  { ...retries, name: 'Azure', ask: (url) => azure(url).chat.completions.create(chat) },
  {
    ...retries,
    name: 'Azure, streamed',
    ask: async (url) => readAll(await azure(url).chat.completions.create(chatStream)),
    leave: async (url) => readSome(await azure(url).chat.completions.create(chatStream)),
  },
])
