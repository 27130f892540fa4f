import { getEventListeners } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chatCompletion, type FaultServer, sendJson, startFaultServer } from '../../../test/helpers/fault-server.ts'
import { observeRequests } from '../../../test/helpers/observe-requests.ts'
import { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { LedgerWriter } from '../../runtime/ledger/ledger-writer.ts'
import { trackFetch } from './fetch.ts'

let server: FaultServer
beforeAll(async () => {
  server = await startFaultServer((response) => sendJson(response, 200, chatCompletion()))
})
afterAll(() => server.close())

const { fetch } = globalThis
const tracked = trackFetch(fetch)
const question = (n: number) => JSON.stringify({ model: 'gpt-4o-mini', messages: [], n })
const bytesOf = (text: string) => new TextEncoder().encode(text)
const headers = { 'content-type': 'application/json' }
const endpoint = () => `${server.url}/chat/completions`

/** What the server got while a function made requests. */
async function received(act: () => Promise<unknown>): Promise<readonly string[]> {
  const before = server.requests.length
  await act()
  return server.requests.slice(before).map(({ body }) => body)
}

describe('what fetch is called with is taken before it returns', () => {
  const once = (init: RequestInit) => tracked(endpoint(), { method: 'POST', headers, ...init })
  const ways: Readonly<Record<string, () => Promise<Response>[]>> = {
    'one init for all': () => {
      const init: RequestInit = { method: 'POST', headers }
      return [0, 1, 2, 3].map((n) => {
        init.body = question(n)
        return tracked(endpoint(), init)
      })
    },
    'one buffer for all': () => {
      const buffer = bytesOf(question(0))
      return [0, 1, 2, 3].map((n) => {
        buffer.set(bytesOf(question(n)))
        return once({ body: buffer })
      })
    },
    'a view on a part of a buffer': () => {
      const buffer = new Uint8Array(200)
      return [0, 1, 2, 3].map((n) => {
        buffer.set(bytesOf(question(n)), 7)
        return once({ body: new DataView(buffer.buffer, 7, question(n).length) })
      })
    },
    'one set of parameters': () => {
      const parameters = new URLSearchParams()
      return [0, 1, 2, 3].map((n) => {
        parameters.set('n', String(n))
        return tracked(endpoint(), { method: 'POST', body: parameters })
      })
    },
    'a Request whose init is used again': () => {
      const init: RequestInit = { method: 'POST', headers }
      return [0, 1, 2, 3].map((n) => {
        init.body = question(n)
        return tracked(new Request(endpoint(), init))
      })
    },
  }
  test.each(Object.keys(ways))('%s', async (way) => {
    const bodies = await received(async () => {
      const { attempts } = await observeRequests(() =>
        Promise.all((ways[way]?.() ?? []).map(async (a) => (await a).text())),
      )
      expect(attempts).toHaveLength(4)
    })
    const numbers = bodies.map((body) => /n(?:"?[:=])(\d)/.exec(body)?.[1]).toSorted()
    expect(numbers).toEqual(['0', '1', '2', '3'])
  })

  test('a Request is used at once', async () => {
    await observeRequests(async () => {
      const request = new Request(endpoint(), { method: 'POST', headers, body: question(0) })
      const answer = tracked(request)
      expect(request.bodyUsed).toBe(true)
      await expect(request.text()).rejects.toThrow(TypeError)
      await (await answer).text()
    })
  })

  test('each getter of init is read once, and what one throws is a rejection', async () => {
    const read: string[] = []
    const members = { method: 'POST', headers, body: question(0) }
    const getters = (isBad: boolean) => {
      const init = {}
      for (const [name, value] of Object.entries(members)) {
        const get = () => {
          read.push(name)
          if (isBad && name === 'body') throw new RangeError('mine')
          return value
        }
        Object.defineProperty(init, name, { get, enumerable: true })
      }
      return init
    }
    await (await fetch(endpoint(), getters(false))).text()
    const plain = read.splice(0)
    const { attempts } = await observeRequests(async () => (await tracked(endpoint(), getters(false))).text())
    expect(read.splice(0)).toEqual(plain)
    expect(attempts[0]).toMatchObject({ model: 'gpt-4o-mini', status: 200, usage: { input: 44 } })
    const { error } = await observeRequests(() => tracked(endpoint(), getters(true)))
    expect(error).toBeInstanceOf(RangeError)
    expect(read).toHaveLength(new Set(read).size)
  })
})

test('a body that is made as the answer comes is not waited for, and its model is known all the same', async () => {
  const { attempts } = await observeRequests(async () => {
    let feed: ReadableStreamDefaultController | undefined
    const body = new ReadableStream({
      start(controller) {
        feed = controller
        controller.enqueue(bytesOf(question(1).slice(0, 5)))
      },
    })
    const init = { method: 'POST', headers, body, duplex: 'half' }
    const answer = tracked(new Request(endpoint(), init as RequestInit))
    feed?.enqueue(bytesOf(question(1).slice(5)))
    feed?.close()
    await (await answer).text()
  })
  expect(attempts).toHaveLength(1)
  expect(attempts[0]).toMatchObject({ model: 'gpt-4o-mini', status: 200 })
})

describe('the model is known from every kind of body, and no other appears beside it', () => {
  const form = () => {
    const fields = new FormData()
    fields.set('file', new Blob(['sound'], { type: 'audio/wav' }), 'a.wav')
    fields.set('model', 'gpt-4o-mini')
    return fields
  }
  const bodies: Readonly<Record<string, () => BodyInit>> = {
    text: () => question(0),
    bytes: () => bytesOf(question(0)),
    blob: () => new Blob([question(0)], { type: 'application/json' }),
    stream: () => new Blob([question(0)]).stream(),
    form,
  }
  const ways = ['init', 'Request', 'clone'] as const
  const table = Object.keys(bodies).flatMap((kind) => ways.map((way) => ({ kind, way })))
  test.each(table)('$kind in $way', async ({ kind, way }) => {
    const path = kind === 'form' ? 'audio/transcriptions' : 'chat/completions'
    const url = `${server.url}/${path}`
    const lines: string[] = []
    const ledger = new LedgerWriter({
      path: '/nowhere/ledger',
      file: {
        appendSync: (bytes: Uint8Array) => void lines.push(Buffer.from(bytes).toString()),
      } as never,
    })
    const collector = new MetadataCollector()
    collector.keepIn(ledger)
    const { attempts, error } = await observeRequests(
      async () => {
        const init = { method: 'POST', body: bodies[kind]?.(), duplex: 'half' } as RequestInit
        if (way === 'init') await (await tracked(url, init)).text()
        else {
          const request = new Request(url, init)
          await (await tracked(way === 'clone' ? request.clone() : request)).text()
        }
      },
      { collector },
    )
    expect(error).toBeUndefined()
    // A format that reads transcriptions may come later; what is in the account names the model either way.
    for (const { model } of attempts) expect(model).toBe('gpt-4o-mini')
    if (kind !== 'form') expect(attempts).toHaveLength(1)
    expect(Object.keys(collector.getMetadataSummary().models)).not.toContain('unknown')
    expect(lines.join('')).not.toContain('"unknown"')
  })
})

describe('what a program can see', () => {
  test('the function has the shape of the one it stands for', () => {
    const own = Object.assign((_input: unknown) => Promise.resolve(new Response()), { preconnect: () => 1 })
    for (const original of [fetch, own]) {
      const wrapped = trackFetch(original as typeof fetch)
      expect(Object.getOwnPropertyDescriptors(wrapped)).toEqual(Object.getOwnPropertyDescriptors(original))
      expect(Object.getPrototypeOf(wrapped)).toBe(Object.getPrototypeOf(original))
    }
  })

  test('a response and its body are as they were, and nobody listens to a signal', async () => {
    const look = async (call: typeof fetch) => {
      const { signal } = new AbortController()
      const asking = call(endpoint(), { method: 'POST', headers, body: question(0), signal })
      const listeners = getEventListeners(signal, 'abort').length
      const response = await asking
      const { body } = response
      const keys = [response, body ?? {}].map((object) => Reflect.ownKeys(object).map(String))
      const prototypes = [
        Object.getPrototypeOf(response) === Response.prototype,
        Object.getPrototypeOf(body) === ReadableStream.prototype,
      ]
      await response.text()
      return { keys, prototypes, listeners }
    }
    const { value } = await observeRequests(() => look(tracked))
    expect(value).toEqual(await look(fetch))
  })

  test('a rejection that nobody handles is still one', async () => {
    const seen: unknown[] = []
    const listeners = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', (reason) => seen.push(reason))
    try {
      await observeRequests(async () => {
        void tracked('http://127.0.0.1:1/v1/chat/completions', { method: 'POST', body: question(0) })
        while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve))
      })
    } finally {
      process.removeAllListeners('unhandledRejection')
      for (const listener of listeners) process.on('unhandledRejection', listener)
    }
    expect(seen).toHaveLength(1)
    expect(seen[0]).toBeInstanceOf(TypeError)
  })
})
