import http from 'node:http'
import { connect, type Socket } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type * as Undici from 'undici'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RequestEnd } from '../../src/metadata/event.ts'
import { MetadataCollector } from '../../src/runtime/collector/metadata-collector.ts'
import { runInScope } from '../../src/runtime/scope.ts'
import { chatChunk, chatCompletion, type FaultServer, sendJson, startFaultServer } from '../helpers/fault-server.ts'
import { watchWire } from '../helpers/watch-wire.ts'

let unwatch = () => {}
beforeAll(() => {
  unwatch = watchWire()
})
afterAll(() => unwatch())

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const hasVersion8 = major > 22 || (major === 22 && minor >= 19)
const versions = ['undici', 'undici7', ...(hasVersion8 ? ['undici8'] : [])]

const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] })
const headers = { 'content-type': 'application/json' }

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp()
})

async function startServer(...[answer]: Partial<Parameters<typeof startFaultServer>>): Promise<FaultServer> {
  const server = await startFaultServer(answer ?? ((response) => sendJson(response, 200, chatCompletion())))
  cleanups.push(() => server.close())
  return server
}

/** A forward proxy: tunnels where it is asked to, and passes on whole URLs. */
async function startProxy(): Promise<string> {
  const proxy = http.createServer((request) => {
    // Passed on as bytes: a request that this process made for it would be watched as well.
    const { hostname, port, pathname } = new URL(request.url ?? '')
    const onward = connect(Number(port), hostname, () => {
      const names = request.rawHeaders.filter((_, index) => index % 2 === 0)
      const lines = names.map((name, index) => `${name}: ${request.rawHeaders[2 * index + 1]}`)
      onward.write(`${request.method} ${pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
      request.pipe(onward, { end: false })
      onward.pipe(request.socket)
    })
    onward.on('error', () => request.socket.destroy())
  })
  proxy.on('connect', (request, socket: Socket) => {
    const { hostname, port } = new URL(`http://${request.url}`)
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.pipe(onward).pipe(socket)
    })
    socket.on('error', () => onward.destroy())
    onward.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  const address = proxy.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

async function watch(act: () => Promise<unknown>): Promise<readonly RequestEnd[]> {
  const collector = new MetadataCollector()
  const ends: RequestEnd[] = []
  collector.onEvent((event) => {
    if (event.type === 'request-end') ends.push(event)
  })
  await runInScope({ collector, node: 'n' }, act)
  return ends
}

/** The proxy's own fetch would be one of the process as well: only what has the place of the program counts. */
const once = [
  expect.objectContaining({ model: 'gpt-4o-mini', node: 'n', status: 200, usage: { input: 44, output: 92 } }),
]

describe.each(versions)('%s', (name) => {
  let undici: typeof Undici
  beforeAll(async () => {
    undici = await import(name)
  })
  const dispatcher = <D extends Undici.Dispatcher>(made: D): D => {
    cleanups.push(() => made.destroy())
    return made
  }

  test.each<[string, (url: string) => Promise<unknown>]>([
    ['fetch', async (url) => (await undici.fetch(url, { method: 'POST', body, headers })).json()],
    ['request', async (url) => (await undici.request(url, { method: 'POST', body, headers })).body.json()],
    [
      'request with a body that is a stream',
      async (url) => (await undici.request(url, { method: 'POST', body: Readable.from([body]), headers })).body.text(),
    ],
    ['stream', (url) => undici.stream(url, { method: 'POST', body, headers }, () => new PassThrough().resume())],
    [
      'pipeline',
      (url) =>
        text(
          Readable.from([body]).pipe(undici.pipeline(url, { method: 'POST', headers }, ({ body: answer }) => answer)),
        ),
    ],
    [
      'a pool',
      async (url) => {
        const pool = dispatcher(new undici.Pool(new URL(url).origin, { connections: 1 }))
        const path = new URL(url).pathname
        return (await pool.request({ path, method: 'POST', body, headers })).body.text()
      },
    ],
    [
      'an agent with the interceptor for retries',
      async (url) => {
        const agent = dispatcher(new undici.RetryAgent(new undici.Agent()))
        return (await undici.request(url, { method: 'POST', body, headers, dispatcher: agent })).body.text()
      },
    ],
    [
      'a proxy',
      async (url) => {
        const agent = dispatcher(new undici.ProxyAgent(await startProxy()))
        return (await undici.fetch(url, { method: 'POST', body, headers, dispatcher: agent })).text()
      },
    ],
    [
      "Node's fetch with a dispatcher of the package",
      async (url) => {
        const agent = dispatcher(new undici.Agent())
        const init: object = { method: 'POST', body, headers, dispatcher: agent }
        return (await fetch(url, init)).text()
      },
    ],
  ])('%s is seen once', async (how, act) => {
    // Node's own fetch cannot work with a dispatcher of version 8 yet, watched or not.
    if (name === 'undici8' && how.startsWith("Node's fetch")) return
    const { url } = await startServer()
    expect(await watch(() => act(`${url}/chat/completions`))).toEqual(once)
  })

  test('a request that waited in the queue of a pool belongs where it was made', async () => {
    const { url } = await startServer()
    const pool = dispatcher(new undici.Pool(new URL(url).origin, { connections: 1 }))
    const path = new URL(`${url}/chat/completions`).pathname
    const collector = new MetadataCollector()
    const nodes: (string | undefined)[] = []
    collector.onEvent((event) => {
      if (event.type === 'request-end') nodes.push(event.node)
    })
    const ask = async () => (await pool.request({ path, method: 'POST', body, headers })).body.text()
    await Promise.all(['a', 'b', 'c'].map((node) => runInScope({ collector, node }, ask)))
    expect(nodes.sort()).toEqual(['a', 'b', 'c'])
  })

  test('a stream that is left is an attempt whose tokens are a lower bound', async () => {
    const { url } = await startServer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`data: ${JSON.stringify(chatChunk('Hel'))}\n\n`)
    })
    const streamed = JSON.stringify({ model: 'gpt-4o-mini', stream: true, messages: [] })
    const ends = await watch(async () => {
      const { body: answer } = await undici.request(`${url}/chat/completions`, {
        method: 'POST',
        body: streamed,
        headers,
      })
      for await (const _chunk of answer) break
    })
    expect(ends).toEqual([expect.objectContaining({ status: 200, isStream: true, isAborted: true })])
    expect(ends[0]?.usage).toBeUndefined()
  })

  test('a 429 and a server that is not there are attempts that failed', async () => {
    const server = await startServer((response) => sendJson(response, 429, { error: { message: 'slow down' } }))
    const ends = await watch(async () => {
      await (await undici.request(`${server.url}/chat/completions`, { method: 'POST', body, headers })).body.dump()
      await undici.request('http://127.0.0.1:1/v1/chat/completions', { method: 'POST', body, headers }).catch(() => {})
    })
    expect(ends.map(({ status, errorType }) => [status, errorType])).toEqual([
      [429, undefined],
      [0, 'ECONNREFUSED'],
    ])
  })
})

describe("Node's own fetch", () => {
  /** How often a stack was taken meanwhile with more lines than the program wants. */
  async function stacksTakenDuring(act: () => Promise<unknown>): Promise<number> {
    const { stackTraceLimit } = Error
    let limit = stackTraceLimit
    let count = 0
    Object.defineProperty(Error, 'stackTraceLimit', {
      configurable: true,
      get: () => limit,
      set: (value: number) => {
        // A call of fetch has room for our few frames besides; a stack that is looked through is of 40.
        if (value >= 40) count += 1
        limit = value
      },
    })
    try {
      await act()
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', { configurable: true, writable: true, value: stackTraceLimit })
    }
    return count
  }

  test('is seen once, and no stack is taken to tell its request from those of the package', async () => {
    const { url } = await startServer()
    let stacks = 0
    const ends = await watch(async () => {
      stacks = await stacksTakenDuring(async () => {
        await (await fetch(`${url}/chat/completions`, { method: 'POST', body, headers })).text()
      })
    })
    expect(ends).toEqual(once)
    expect(stacks).toBe(0)
  })

  test('is seen once where it follows a redirect, which it sends later', async () => {
    const { url } = await startServer()
    const from = http.createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(307, { location: `${url}/chat/completions` }).end())
    })
    await new Promise<void>((resolve) => from.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => from.close())
    const address = from.address()
    const first = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1/chat/completions`
    const ends = await watch(async () => (await fetch(first, { method: 'POST', body, headers })).text())
    expect(ends).toEqual(once)
  })
})
