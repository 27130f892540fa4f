import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import WsClient, { WebSocketServer } from 'ws'
import { watchWire } from '../../../test/helpers/watch-wire.ts'
import type { RequestEnd } from '../../metadata/event.ts'
import { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { runInScope } from '../../runtime/scope.ts'
import { settleOpenAttempts } from '../attempt/open-attempts.ts'

let unwatch = () => {}
beforeAll(() => {
  unwatch = watchWire()
})
afterAll(() => unwatch())

let server: WebSocketServer | undefined
afterEach(() => {
  for (const client of server?.clients ?? []) client.terminate()
  server?.close()
})

/** A server that answers what it hears with these messages. */
async function startServer(messages: readonly object[], options: object = {}): Promise<string> {
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', ...options })
  server = sockets
  sockets.on('connection', (socket) => {
    socket.on('message', () => {
      for (const message of messages) socket.send(JSON.stringify(message))
      socket.send(JSON.stringify({ type: 'the.end' }))
    })
  })
  await once(sockets, 'listening')
  const address = sockets.address()
  return `ws://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

async function watch(act: () => Promise<void>) {
  const collector = new MetadataCollector()
  const ends: RequestEnd[] = []
  collector.onEvent((event) => {
    if (event.type === 'request-end') ends.push(event)
  })
  await runInScope({ collector, node: 'n' }, act)
  settleOpenAttempts(collector.runId)
  return { ends, notUnderstood: collector.getMetadataSummary().not_understood }
}

/** Says something, hears all, and closes. */
type Talk = (url: string) => Promise<string[]>

const byWs: Talk = async (url) => {
  const socket = new WsClient(url)
  const heard: string[] = []
  socket.on('message', (data) => heard.push(String(data)))
  await once(socket, 'open')
  socket.send('{"type":"response.create"}')
  while (!heard.some((text) => text.includes('the.end'))) await once(socket, 'message')
  socket.close()
  await once(socket, 'close')
  return heard
}

interface StandardSocket extends EventTarget {
  send(text: string): void
  close(): void
}

const by =
  (make: () => Promise<unknown>): Talk =>
  async (url) => {
    const type = await make()
    if (typeof type !== 'function') throw new Error('there is no WebSocket')
    const socket: StandardSocket = Reflect.construct(type, [url])
    const heard: string[] = []
    const isOver = new Promise<void>((resolve) => {
      socket.addEventListener('message', (event) => {
        const data: unknown = Reflect.get(event, 'data')
        heard.push(String(data))
        if (String(data).includes('the.end')) resolve()
      })
    })
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    socket.send('{"type":"response.create"}')
    await isOver
    const isClosed = new Promise((resolve) => socket.addEventListener('close', resolve))
    socket.close()
    await isClosed
    return heard
  }

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const clients: readonly (readonly [string, Talk])[] = [
  ['ws', byWs],
  ['undici 6', by(async () => (await import('undici')).WebSocket)],
  ['undici 7', by(async () => Reflect.get(await import('undici7'), 'WebSocket'))],
  // Node 20 has none of its own, nor can it use version 8.
  ...(major >= 22 ? [["Node's own", by(async () => Reflect.get(globalThis, 'WebSocket'))] as const] : []),
  ...(major > 22 || (major === 22 && minor >= 19)
    ? [['undici 8', by(async () => Reflect.get(await import('undici8'), 'WebSocket'))] as const]
    : []),
]

// As OpenAI's documentation of Realtime has them; prices of gpt-realtime in USD for a million: text 4 in, 0.40 cached and
// 16 out, sound 32 in and 64 out.
const usage = {
  total_tokens: 253,
  input_tokens: 132,
  output_tokens: 121,
  input_token_details: { text_tokens: 119, audio_tokens: 13, cached_tokens: 64 },
  output_token_details: { text_tokens: 30, audio_tokens: 91 },
}
const spoken = [
  { type: 'session.created', session: { type: 'realtime', model: 'gpt-realtime-2025-08-28' } },
  { type: 'response.created', response: { id: 'resp_1', status: 'in_progress' } },
  { type: 'response.output_audio.delta', response_id: 'resp_1', delta: 'AAAA'.repeat(30_000) },
  { type: 'response.done', response: { id: 'resp_1', status: 'completed', usage } },
]
// 55 × 4 + 13 × 32 + 64 × 0.40 + 30 × 16 + 91 × 64
const usdOfSpoken = 0.0069656

describe.each(clients)('%s', (_, talk) => {
  test.each([
    ['plain', {}],
    ['packed', { perMessageDeflate: { threshold: 0 } }],
    ['packed, each by itself', { perMessageDeflate: { threshold: 0, serverNoContextTakeover: true } }],
  ])('an answer of Realtime is one request with its price: %s', async (__, options) => {
    const url = await startServer(spoken, options)
    const { ends, notUnderstood } = await watch(async () => {
      expect(await talk(`${url}/v1/realtime?model=gpt-realtime`)).toHaveLength(5)
    })
    expect(notUnderstood).toBeUndefined()
    expect(ends).toHaveLength(1)
    expect(ends[0]).toMatchObject({
      model: 'gpt-realtime-2025-08-28',
      node: 'n',
      status: 200,
      responseId: 'resp_1',
      isStream: true,
      usage: { input: 55, inputAudio: 13, cacheRead: 64, output: 30, outputAudio: 91 },
      cost: { status: 'priced', picodollars: usdOfSpoken * 1e12 },
    })
    expect(ends[0]?.timeToFirstTokenSeconds).toBeGreaterThanOrEqual(0)
    expect(ends[0]?.durationSeconds).toBeGreaterThanOrEqual(ends[0]?.timeToFirstTokenSeconds ?? 0)
  })
})

test('every answer of a conversation counts once, what was heard is written down by another model, and Responses too', async () => {
  const realtime = await startServer([
    {
      type: 'session.updated',
      session: { model: 'gpt-realtime', audio: { input: { transcription: { model: 'gpt-4o-mini-transcribe' } } } },
    },
    {
      type: 'conversation.item.input_audio_transcription.completed',
      transcript: 'x',
      usage: {
        type: 'tokens',
        input_tokens: 40,
        output_tokens: 10,
        total_tokens: 50,
        input_token_details: { text_tokens: 0, audio_tokens: 40 },
      },
    },
    { type: 'response.done', response: { id: 'resp_1', status: 'completed', usage } },
    { type: 'response.done', response: { id: 'resp_1', status: 'completed', usage } },
    {
      type: 'response.done',
      response: { id: 'resp_2', status: 'cancelled', status_details: { reason: 'turn_detected' }, usage },
    },
  ])
  const spokenOf = await watch(async () => void (await byWs(`${realtime}/v1/realtime?model=gpt-realtime`)))
  expect(spokenOf.ends.map(({ model, responseId, finishReason }) => [model, responseId, finishReason])).toEqual([
    ['gpt-4o-mini-transcribe', undefined, undefined],
    ['gpt-realtime', 'resp_1', 'stop'],
    ['gpt-realtime', 'resp_2', 'turn_detected'],
  ])
  expect(spokenOf.ends[0]?.usage).toEqual({ input: 0, inputAudio: 40, output: 10 })
  server?.close()

  const responses = await startServer([
    { type: 'response.created', response: { id: 'resp_9', object: 'response', status: 'in_progress' } },
    { type: 'response.output_text.delta', delta: 'x' },
    {
      type: 'response.completed',
      response: {
        id: 'resp_9',
        object: 'response',
        status: 'completed',
        model: 'gpt-4.1',
        output: [{ type: 'web_search_call', action: { type: 'search' } }],
        usage: { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 },
      },
    },
  ])
  const { ends } = await watch(async () => void (await byWs(`${responses}/v1/responses`)))
  expect(ends).toMatchObject([
    // 1,000 × 2 + 100 × 8 for a million, and 0.01 for the search.
    { model: 'gpt-4.1', usage: { input: 1000, output: 100 }, cost: { status: 'priced', picodollars: 12_800_000_000 } },
  ])
})

test('an answer that the end of the socket cut off is a request without usage', async () => {
  const url = await startServer([{ type: 'response.created', response: { id: 'resp_1', status: 'in_progress' } }])
  const { ends } = await watch(async () => void (await byWs(`${url}/v1/realtime?model=gpt-realtime`)))
  expect(ends).toMatchObject([{ model: 'gpt-realtime', isAborted: true, cost: { status: 'unpriced' } }])
})
