import { Mistral } from '@mistralai/mistralai'
import { chatChunk } from '../helpers/fault-server.ts'
import type { ModelAnswer } from '../helpers/model-server.ts'
import { readAll, readSome, testSdkCalls } from './contract.ts'

const backoff = { initialInterval: 1, maxInterval: 3_000, exponent: 10, maxElapsedTime: 6_000 }
const client = (url: string) =>
  new Mistral({
    apiKey: 'k',
    serverURL: url,
    retryConfig: { strategy: 'backoff', backoff, retryConnectionErrors: true },
  })

const chat = { model: 'mistral-small-latest', messages: [{ role: 'user' as const, content: 'Hi' }] }
// Its last chunk has the usage, though nobody has asked for it.
const usage = { prompt_tokens: 44, completion_tokens: 92, total_tokens: 136 }
const pieces = ['Hello', ' from', ' the', ' model']
const streamAnswer: ModelAnswer = {
  status: 200,
  contentType: 'text/event-stream',
  body: Buffer.from(`${pieces.map((piece) => chatChunk(piece)).join('')}${chatChunk('', { usage })}data: [DONE]\n\n`),
}

const retries = { attempts: undefined, link: 'hash' as const, model: 'mistral-small-latest' }

testSdkCalls('@mistralai/mistralai', [
  { ...retries, name: 'chat', ask: (url) => client(url).chat.complete(chat) },
  {
    ...retries,
    name: 'chat, streamed',
    respond: () => streamAnswer,
    ask: async (url) => readAll(await client(url).chat.stream(chat)),
    leave: async (url) => readSome(await client(url).chat.stream(chat)),
  },
])
