import { Ollama } from 'ollama'
import { jsonAnswer, type ModelAnswer } from '../helpers/model-server.ts'
import { readAll, testSdkCalls } from './contract.ts'

const client = (url: string) => new Ollama({ host: url })

const model = 'llama3.2'
const chat = { model, messages: [{ role: 'user', content: 'Hi' }] }
const generate = { model, prompt: 'Hi' }
// It does not retry; its user does.
const retries = { attempts: 1, link: 'hash' as const, model }

const head = { model, created_at: '2026-11-26T00:00:00Z' }
const last = { done: true, done_reason: 'stop', prompt_eval_count: 44, eval_count: 92, total_duration: 5e9 }
const pieces = ['Hello', ' from', ' the', ' model', '']
const lines = (form: (content: string) => object): ModelAnswer => ({
  status: 200,
  contentType: 'application/x-ndjson',
  body: Buffer.from(
    pieces
      .map(
        (content) => `${JSON.stringify({ ...head, ...form(content), ...(content === '' ? last : { done: false }) })}\n`,
      )
      .join(''),
  ),
})
const asMessage = (content: string) => ({ message: { role: 'assistant', content } })
const asResponse = (response: string) => ({ response })

async function readThenAbort(items: AsyncIterable<unknown> & { abort(): void }): Promise<void> {
  let seen = 0
  try {
    for await (const _ of items) {
      seen += 1
      if (seen === 2) items.abort()
    }
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error
  }
}

testSdkCalls('ollama', [
  {
    ...retries,
    name: 'chat',
    respond: () => jsonAnswer({ ...head, ...asMessage('Hello'), ...last }),
    ask: (url) => client(url).chat(chat),
  },
  {
    ...retries,
    name: 'chat, streamed',
    respond: () => lines(asMessage),
    ask: async (url) => readAll(await client(url).chat({ ...chat, stream: true })),
    leave: async (url) => readThenAbort(await client(url).chat({ ...chat, stream: true })),
  },
  {
    ...retries,
    name: 'generate, streamed',
    respond: () => lines(asResponse),
    ask: async (url) => readAll(await client(url).generate({ ...generate, stream: true })),
    leave: async (url) => readThenAbort(await client(url).generate({ ...generate, stream: true })),
  },
  {
    ...retries,
    name: 'embed',
    usage: { input: 44 },
    respond: () => jsonAnswer({ model, embeddings: [[0.25, 0.5]], prompt_eval_count: 44 }),
    ask: (url) => client(url).embed({ model, input: 'Hi' }),
  },
])
