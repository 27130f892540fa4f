import { once } from 'node:events'
import { GoogleGenAI, Modality } from '@google/genai'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { observeRequests } from '../helpers/observe-requests.ts'
import { watchWire } from '../helpers/watch-wire.ts'

let unwatch = () => {}
beforeAll(() => {
  unwatch = watchWire()
})
afterAll(() => unwatch())

/** A server of Gemini's Live, whose messages are bytes: it answers the setup, and then each message with these. */
async function startLive(turns: readonly (readonly object[])[], options: object = {}): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...options })
  onTestFinished(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  server.on('connection', (socket) => {
    let heard = 0
    socket.on('message', () => {
      const messages = heard === 0 ? [{ setupComplete: {} }] : (turns[heard - 1] ?? [])
      heard += 1
      for (const message of messages) socket.send(Buffer.from(JSON.stringify(message)))
    })
  })
  await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

/** Says as much as there are turns, each when the one before has ended, and closes. */
async function converse(baseUrl: string, turns: number): Promise<number> {
  const client = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl } })
  let ended = 0
  let wake = () => {}
  let isClosed: (() => void) | undefined
  const closed = new Promise<void>((resolve) => {
    isClosed = resolve
  })
  const session = await client.live.connect({
    model: 'gemini-3.1-flash-live-preview',
    config: { responseModalities: [Modality.AUDIO] },
    callbacks: {
      onmessage: ({ serverContent }) => {
        if (serverContent?.turnComplete !== true) return
        ended += 1
        wake()
      },
      onclose: () => isClosed?.(),
    },
  })
  while (ended < turns) {
    const isOver = new Promise<void>((resolve) => {
      wake = resolve
    })
    session.sendClientContent({ turns: [{ role: 'user', parts: [{ text: 'Hi' }] }] })
    await isOver
  }
  session.close()
  await closed
  return ended
}

const speech = { serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm', data: 'AAAA' } }] } } }
const usage = {
  promptTokenCount: 1000,
  responseTokenCount: 100,
  totalTokenCount: 1100,
  promptTokensDetails: [
    { modality: 'TEXT', tokenCount: 200 },
    { modality: 'AUDIO', tokenCount: 800 },
  ],
  responseTokensDetails: [{ modality: 'AUDIO', tokenCount: 100 }],
}
const end = { serverContent: { turnComplete: true }, usageMetadata: usage }

test.each([
  ['plain', {}],
  ['packed', { perMessageDeflate: { threshold: 0 } }],
])('each turn is a request of the model that the program asked for: %s', async (_, options) => {
  const url = await startLive([[speech, speech, end], [end]], options)
  const { attempts, collector, error } = await observeRequests(() => converse(url, 2))
  expect(error).toBeUndefined()
  expect(collector.getMetadataSummary().not_understood).toBeUndefined()
  expect(attempts).toHaveLength(2)
  expect(attempts[0]).toMatchObject({
    model: 'gemini-3.1-flash-live-preview',
    node: 'n',
    isStream: true,
    usage: { input: 200, inputAudio: 800, outputAudio: 100 },
    // 200 × 0.75 + 800 × 3 + 100 × 12 for a million
    cost: { status: 'priced', picodollars: 3_750_000_000 },
  })
  expect(attempts[0]?.timeToFirstTokenSeconds).toBeGreaterThanOrEqual(0)
})

test('usage that comes after the end of its turn belongs to it', async () => {
  const url = await startLive([
    [speech, { serverContent: { turnComplete: true } }],
    [{ usageMetadata: usage }, end],
  ])
  const { attempts } = await observeRequests(() => converse(url, 2))
  expect(attempts.map(({ usage: counted }) => counted?.inputAudio)).toEqual([800, 800])
})

test('a turn whose usage is never told is a request of which nothing is known, and the next one another', async () => {
  const over = { serverContent: { turnComplete: true } }
  const url = await startLive([
    [speech, over],
    [speech, over],
    [speech, end],
  ])
  const { attempts } = await observeRequests(() => converse(url, 3))
  expect(attempts.map(({ usage: counted, cost }) => [counted?.inputAudio, cost?.status])).toEqual([
    [undefined, 'unpriced'],
    [undefined, 'unpriced'],
    [800, 'priced'],
  ])
})

test('a turn that tells its usage more than once is a lower bound', async () => {
  const first = { toolCall: { functionCalls: [{ id: '1', name: 'f' }] }, usageMetadata: usage }
  const url = await startLive([[first, speech, end]])
  const { attempts } = await observeRequests(() => converse(url, 1))
  expect(attempts).toHaveLength(1)
  expect(attempts[0]?.usage?.doubts).toEqual(['the turn told its usage 2 times, and the last alone is counted'])
})
