import { Mistral } from '@mistralai/mistralai'
import { chatChunk } from '../helpers/fault-server.ts'
import type { ModelAnswer } from '../helpers/model-server.ts'
import { readAll, readSome, testSdkCalls } from './contract.ts'

/** A client that tries again for so long: on a busy machine the first attempt alone may take seconds. */
const client = (url: string, maxElapsedTime = 600_000) => {
  const backoff = { initialInterval: 1, maxInterval: 3_000, exponent: 10, maxElapsedTime }
  const retryConfig = { strategy: 'backoff' as const, backoff, retryConnectionErrors: true }
  return new Mistral({ apiKey: 'k', serverURL: url, retryConfig })
}
/** Of one that gives up. */
const soonMs = 3_000

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
  {
    ...retries,
    name: 'chat',
    ask: (url) => client(url).chat.complete(chat),
    askToTheEnd: (url) => client(url, soonMs).chat.complete(chat),
  },
  {
    ...retries,
    name: 'chat, streamed',
    respond: () => streamAnswer,
    ask: async (url) => readAll(await client(url).chat.stream(chat)),
    askToTheEnd: async (url) => readAll(await client(url, soonMs).chat.stream(chat)),
    leave: async (url) => readSome(await client(url).chat.stream(chat)),
  },
])
