import { once } from 'node:events'
import { request as requestHttp } from 'node:http'
import { connect } from 'node:http2'
import { type Dispatcher, request as requestUndici6 } from 'undici'
import { request as requestUndici7 } from 'undici7'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { chatCompletion } from '../../../test/helpers/fault-server.ts'
import { jsonAnswer, type ModelServer, startModelServer } from '../../../test/helpers/model-server.ts'
import { observeRequests } from '../../../test/helpers/observe-requests.ts'
import { watchWire } from '../../../test/helpers/watch-wire.ts'
import { traceIdOf } from '../../exporters/otel/span.ts'

const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello.' }] })
const path = '/v1/chat/completions'
const own = '00-11111111111111111111111111111111-2222222222222222-01'

type Headers = Readonly<Record<string, string>>
type Send = (url: string, headers: Headers) => Promise<unknown>

/** Every way in which a program can send a request. */
const ways: Readonly<Record<string, Send>> = {
  fetch: (url, headers) => fetch(url, { method: 'POST', headers, body }).then((answer) => answer.text()),
  'fetch with Headers': (url, headers) =>
    fetch(url, { method: 'POST', headers: new Headers(headers), body }).then((answer) => answer.text()),
  'fetch of a Request': (url, headers) =>
    fetch(new Request(url, { method: 'POST', headers, body })).then((answer) => answer.text()),
  'node:http': sendHttp,
  'node:http2': sendHttp2,
  'undici 6': (url, headers) => readUndici(requestUndici6(url, { method: 'POST', headers, body })),
  'undici 7': (url, headers) => readUndici(requestUndici7(url, { method: 'POST', headers, body })),
}

async function readUndici(answer: Promise<Pick<Dispatcher.ResponseData, 'body'>>): Promise<string> {
  return (await answer).body.text()
}

async function sendHttp(url: string, headers: Headers): Promise<void> {
  const request = requestHttp(url, { method: 'POST', headers })
  // In pieces: the headers leave with the first.
  request.write(body.slice(0, 10))
  request.end(body.slice(10))
  const [answer] = await once(request, 'response')
  for await (const _ of answer);
}

async function sendHttp2(url: string, headers: Headers): Promise<void> {
  const session = connect(new URL(url).origin)
  const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/json', ...headers })
  stream.end(body)
  for await (const _ of stream);
  session.close()
}

let servers: Record<'http' | 'http2', ModelServer>
let endWatching: () => void
beforeAll(async () => {
  const respond = () => jsonAnswer(chatCompletion())
  servers = { http: await startModelServer({ respond }), http2: await startModelServer({ respond, isHttp2: true }) }
  endWatching = watchWire()
})
afterAll(async () => {
  endWatching()
  await servers.http.close()
  await servers.http2.close()
})
afterEach(() => {
  vi.unstubAllEnvs()
})

/** Sends a request that way; gives what the server saw of it, and what is recorded. */
async function send(way: string, headers: Headers = {}) {
  const server = servers[way === 'node:http2' ? 'http2' : 'http']
  const before = server.requests.length
  const { attempts, error, collector } = await observeRequests(
    () => ways[way]?.(server.url + path, { 'x-own': 'stays', ...headers }) ?? Promise.reject(new Error(way)),
  )
  expect(error).toBeUndefined()
  const [request, ...more] = server.requests.slice(before)
  expect(more).toEqual([])
  expect(request?.headers['x-own']).toBe('stays')
  expect(request?.body).toBe(body)
  expect(attempts).toHaveLength(1)
  return { header: request?.headers.traceparent, attempt: attempts[0], collector }
}

test.each(Object.keys(ways))('%s: a traceparent of ours is sent where it is asked for, and only there', async (way) => {
  expect((await send(way)).header).toBeUndefined()
  vi.stubEnv('SYGRA_TRACEPARENT', '1')
  const { header, attempt, collector } = await send(way)
  expect(header).toBe(`00-${traceIdOf(collector.runId)}-${attempt?.spanId}-01`)
  expect(attempt?.traceparent).toBeUndefined()
  // Each attempt has a span of its own.
  expect((await send(way)).attempt?.spanId).not.toBe(attempt?.spanId)
})

test.each(Object.keys(ways))('%s: a traceparent that the program sends stays', async (way) => {
  vi.stubEnv('SYGRA_TRACEPARENT', '1')
  const { header, attempt } = await send(way, { traceparent: own })
  expect(header).toBe(own)
  expect(attempt?.traceparent).toBe(own)
  expect(attempt?.spanId).toBeUndefined()
})

test('it is within the trace that the process was started in, and says whether that is sampled', async () => {
  vi.stubEnv('SYGRA_TRACEPARENT', '1')
  vi.stubEnv('TRACEPARENT', own)
  vi.stubEnv('OTEL_TRACES_SAMPLER', 'always_off')
  const { header, attempt } = await send('fetch')
  expect(header).toBe(`00-${'1'.repeat(32)}-${attempt?.spanId}-00`)
})

test('a traceparent in headers that can be read only once stays, and so do the others', async () => {
  vi.stubEnv('SYGRA_TRACEPARENT', '1')
  const once = [['x-own', 'stays'] as const, ['traceparent', own] as const]
  const before = servers.http.requests.length
  await observeRequests(() =>
    fetch(servers.http.url + path, { method: 'POST', headers: once.values() as unknown as Headers, body }).then(
      (answer) => answer.text(),
    ),
  )
  expect(servers.http.requests.slice(before).map(({ headers }) => [headers.traceparent, headers['x-own']])).toEqual([
    [own, 'stays'],
  ])
})

test('a request keeps its headers where the program has put a class of its own in the place of Request', async () => {
  vi.stubEnv('SYGRA_TRACEPARENT', '1')
  const url = servers.http.url + path
  const request = new Request(url, { method: 'POST', headers: { authorization: 'Bearer k' }, body })
  vi.stubGlobal('Request', class {})
  const before = servers.http.requests.length
  try {
    await observeRequests(() => fetch(request).then((answer) => answer.text()))
  } finally {
    vi.unstubAllGlobals()
  }
  const [seen] = servers.http.requests.slice(before)
  expect(seen?.headers).toMatchObject({ authorization: 'Bearer k', traceparent: expect.stringMatching(/^00-/) })
})

test('headers that fetch refuses are refused by fetch, and leave one failed request', async () => {
  vi.stubEnv('SYGRA_TRACEPARENT', '1')
  let answer: Promise<unknown> | undefined
  const { attempts, error } = await observeRequests(async () => {
    answer = fetch(servers.http.url + path, { method: 'POST', headers: { 'x y': '1' }, body })
    await answer
  })
  expect(answer).toBeInstanceOf(Promise)
  expect(error).toBeInstanceOf(TypeError)
  expect(attempts).toMatchObject([{ status: 0, errorType: 'connection_error' }])
})
