import { once } from 'node:events'
import http, { type ClientRequest, type IncomingMessage, request as namedRequest } from 'node:http'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  type Answer,
  chatChunk,
  chatCompletion,
  type FaultServer,
  sendJson,
  startFaultServer,
} from '../../../test/helpers/fault-server.ts'
import type { RequestEnd } from '../../metadata/event.ts'
import { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { runInScope } from '../../runtime/scope.ts'
import { settleOpenAttempts } from '../attempt/open-attempts.ts'
import { trackFetch } from '../fetch/fetch.ts'
import { interceptHttp } from './intercept-http.ts'
import { observeHttp } from './observe-http.ts'

let uninstall = () => {}
beforeAll(() => {
  uninstall = interceptHttp(observeHttp)
})
afterAll(() => uninstall())

let server: FaultServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function observe<Result>(answer: Answer, call: (url: string) => Promise<Result>) {
  server = await startFaultServer(answer)
  const { url } = server
  const attempts: RequestEnd[] = []
  const collector = new MetadataCollector()
  collector.onEvent((event) => {
    if (event.type === 'request-end') attempts.push(event)
  })
  const outcome = await runInScope({ collector, node: 'n' }, () => call(url)).then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error }),
  )
  return { attempts, collector, requests: server.requests, ...outcome }
}

const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] })
const streamBody = JSON.stringify({ model: 'gpt-4o-mini', stream: true, messages: [] })

function open(url: string, options: http.RequestOptions = {}): ClientRequest {
  return namedRequest(url, { method: 'POST', headers: { 'content-type': 'application/json' }, ...options })
}

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve)
    request.on('error', reject)
  })
}

async function read(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return text
}

async function post(url: string, text = body): Promise<string> {
  const request = open(`${url}/chat/completions`)
  request.end(text)
  return read(await answerTo(request))
}

test('a request of node:http is an attempt with its tokens, its node and its price', async () => {
  const { attempts, value } = await observe((response) => sendJson(response, 200, chatCompletion()), post)
  expect(JSON.parse(value ?? '')).toEqual(chatCompletion())
  expect(attempts).toHaveLength(1)
  expect(attempts[0]).toMatchObject({ status: 200, model: 'gpt-4o-mini', node: 'n', usage: { input: 44, output: 92 } })
  expect(attempts[0]?.cost?.status).toBe('priced')
})

test('a body written in pieces has the digest of the same body written at once', async () => {
  const { attempts } = await observe(
    (response) => sendJson(response, 200, chatCompletion()),
    async (url) => {
      await post(url)
      const request = open(`${url}/chat/completions`)
      request.write(body.slice(0, 10))
      request.write(Buffer.from(body.slice(10, 20)))
      request.end(body.slice(20), 'utf8')
      await read(await answerTo(request))
    },
  )
  expect(attempts[1]?.bodyHash).toBe(attempts[0]?.bodyHash)
  expect(attempts[0]?.bodyHash).toMatch(/^[\da-f]{16}$/)
})

test('a 429 and its retry are two attempts of one call', async () => {
  const { attempts } = await observe(
    (response, _request, index) => sendJson(response, index === 0 ? 429 : 200, chatCompletion()),
    async (url) => {
      await post(url)
      await post(url)
    },
  )
  expect(attempts.map(({ status, resendCount, attemptLink }) => [status, resendCount, attemptLink])).toEqual([
    [429, 0, undefined],
    [200, 1, 'hash'],
  ])
})

test.each([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
] as const)('a %s body gives its tokens, and the caller the bytes as they came', async (encoding, pack) => {
  const packed = pack(JSON.stringify(chatCompletion()))
  const { attempts, value } = await observe(
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding })
      response.end(packed)
    },
    async (url) => {
      const request = open(`${url}/chat/completions`)
      request.end(body)
      const chunks: Buffer[] = []
      for await (const chunk of await answerTo(request)) chunks.push(chunk)
      return Buffer.concat(chunks)
    },
  )
  expect(value?.equals(packed)).toBe(true)
  expect(attempts[0]?.usage).toMatchObject({ input: 44, output: 92 })
})

test('a stream gives time to first token and usage', async () => {
  const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 }
  const { attempts } = await observe(
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`${chatChunk('a')}${chatChunk('', { choices: [], usage })}data: [DONE]\n\n`)
    },
    (url) => post(url, streamBody),
  )
  expect(attempts[0]).toMatchObject({ isStream: true, usage: { input: 5, output: 2 } })
  expect(attempts[0]?.timeToFirstTokenSeconds).toBeGreaterThan(0)
})

test('a stream that the caller leaves is aborted, one that the server cuts has failed', async () => {
  const left = await observe(
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chatChunk('a'))
    },
    async (url) => {
      const request = open(`${url}/chat/completions`)
      request.end(streamBody)
      const response = await answerTo(request)
      await new Promise((resolve) => response.once('data', resolve))
      request.destroy()
      await new Promise((resolve) => response.once('close', resolve)).catch(() => {})
    },
  )
  expect(left.attempts[0]).toMatchObject({ status: 200, isAborted: true, estimatedUsage: { output: 1 } })
  expect(left.attempts[0]?.errorType).toBeUndefined()
  const cut = await observe(
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chatChunk('a'), () => response.destroy())
    },
    (url) => post(url, streamBody),
  )
  expect(cut.error).toHaveProperty('code', 'ECONNRESET')
  expect(cut.attempts[0]).toMatchObject({ status: 200, errorType: 'stream_cut', estimatedUsage: { output: 1 } })
})

test('an answer that the caller throws away throws nothing back', async () => {
  const { attempts, error } = await observe(
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chatChunk('a'))
    },
    async (url) => {
      const request = open(`${url}/chat/completions`)
      request.end(streamBody)
      const response = await answerTo(request)
      const closed = new Promise((resolve) => response.once('close', resolve))
      response.destroy()
      await closed
    },
  )
  expect(error).toBeUndefined()
  expect(attempts).toHaveLength(1)
  expect(attempts[0]).toMatchObject({ status: 200, isAborted: true })
})

test('a refused connection and a request taken back are attempts without an answer', async () => {
  const refused = await observe(
    () => {},
    async (url) => {
      await server?.close()
      return post(url)
    },
  )
  expect(refused.error).toHaveProperty('code', 'ECONNREFUSED')
  expect(refused.attempts[0]).toMatchObject({ status: 0, errorType: 'ECONNREFUSED' })
  const takenBack = await observe(
    () => {},
    async (url) => {
      const controller = new AbortController()
      const request = open(`${url}/chat/completions`, { signal: controller.signal })
      request.end(body)
      const answer = answerTo(request)
      request.once('finish', () => controller.abort())
      const closed = new Promise((resolve) => request.once('close', resolve))
      await answer.finally(() => closed)
    },
  )
  expect(takenBack.error).toHaveProperty('name', 'AbortError')
  expect(takenBack.attempts[0]).toMatchObject({ status: 0, errorType: 'aborted' })
})

test('an answer that nobody listens for is still let go by Node, and counted', async () => {
  const { attempts } = await observe(
    (response) => sendJson(response, 200, chatCompletion()),
    async (url) => {
      const request = open(`${url}/chat/completions`)
      request.end(body)
      await new Promise((resolve) => request.once('close', resolve))
    },
  )
  expect(attempts[0]).toMatchObject({ status: 200, isAborted: true })
  expect(attempts[0]?.errorType).toBeUndefined()
})

test('a body that nobody reads is settled when the run ends', async () => {
  const { attempts, collector } = await observe(
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"id": "x", "choices": [')
    },
    async (url) => {
      const request = open(`${url}/chat/completions`)
      request.end(body)
      await answerTo(request)
    },
  )
  expect(attempts).toHaveLength(0)
  settleOpenAttempts(collector.runId)
  expect(attempts[0]).toMatchObject({ status: 200, isAborted: true })
})

test('other methods and paths are left alone', async () => {
  const { attempts } = await observe(
    (response) => sendJson(response, 200, {}),
    async (url) => {
      for (const [path, method] of [
        ['/models', 'GET'],
        ['/files', 'POST'],
        ['/chat/completions', 'PUT'],
      ] as const) {
        const request = open(url + path, { method })
        request.end()
        await read(await answerTo(request))
      }
      await read(await new Promise<IncomingMessage>((resolve) => http.get(`${url}/models`, resolve)))
    },
  )
  expect(attempts).toHaveLength(0)
})

test('a fetch of another library over node:http is counted once', async () => {
  const { attempts, value } = await observe(
    (response) => sendJson(response, 200, chatCompletion()),
    async (url) => {
      const overHttp = trackFetch(async (_input, init) => {
        const request = open(`${url}/chat/completions`)
        request.end(init?.body)
        return new Response(await read(await answerTo(request)), { headers: { 'content-type': 'application/json' } })
      })
      return (await overHttp(`${url}/chat/completions`, { method: 'POST', body })).json()
    },
  )
  expect(value).toEqual(chatCompletion())
  expect(attempts).toHaveLength(1)
})

test('request, answer and socket have the listeners that the program has set, and no more', async () => {
  const counts = async (url: string) => {
    const request = open(url)
    const answered = answerTo(request)
    request.end(body)
    const response = await answered
    const found = [request, response, response.socket].map((emitter) =>
      Object.fromEntries(emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)])),
    )
    response.resume()
    await once(response, 'end')
    return found
  }
  const { value, attempts } = await observe(
    (response) => sendJson(response, 200, chatCompletion()),
    async (url) => ({ watched: await counts(`${url}/chat/completions`), plain: await counts(`${url}/plain`) }),
  )
  expect(attempts).toHaveLength(1)
  expect(value?.watched).toEqual(value?.plain)
})
