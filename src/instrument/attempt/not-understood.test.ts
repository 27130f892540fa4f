import { createHash } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import type { LookupFunction } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import WsClient, { WebSocketServer } from 'ws'
import { type FaultServer, sendJson, startFaultServer } from '../../../test/helpers/fault-server.ts'
import { watchWire } from '../../../test/helpers/watch-wire.ts'
import { renderRun } from '../../report/run/run-sections.ts'
import { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { runInScope } from '../../runtime/scope.ts'

let server: FaultServer
let unwatch = () => {}
beforeEach(async () => {
  server = await startFaultServer((response) => sendJson(response, 200, { image: 'x' }))
  unwatch = watchWire()
})
afterEach(async () => {
  unwatch()
  await server.close()
})

const post = (url: string, body = '{}') => fetch(url, { method: 'POST', body }).then((response) => response.text())

/** A request over a forward proxy, so that any host can be named without being there. */
function postThroughProxy(url: string, body = '{}'): Promise<void> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, path: url, method: 'POST', headers: { host: new URL(url).host } })
    request.on('error', reject)
    request.on('response', (response) => response.resume().on('end', resolve))
    request.end(body)
  })
}

test('what looks like a call to a model is counted by host and path, once a request, whatever carries it', async () => {
  const collector = new MetadataCollector()
  const { host } = new URL(server.url)
  await runInScope({ collector }, async () => {
    await post(`http://${host}/endpoints/mine/invocations?key=secret`)
    await post(`http://${host}/endpoints/mine/invocations`)
    await postThroughProxy('http://api.replicate.com/v1/predictions/abc123def456/whatever')
    // Not the provider's models, and nobody's.
    await postThroughProxy('http://api.openai.com/v1/files')
    await post(`http://${host}/orders`)
    await fetch(`http://${host}/endpoints/mine/invocations`).then((response) => response.text())
  })
  const { not_understood: found, aggregate_statistics: totals } = collector.getMetadataSummary()
  expect(found).toEqual({
    total: 3,
    endpoints: [
      { kind: 'request', host, path: '/endpoints/mine/invocations', provider: null, count: 2 },
      { kind: 'request', host: 'api.replicate.com', path: '/v1/predictions/{id}/whatever', provider: null, count: 1 },
    ],
  })
  expect(totals.requests.total_requests).toBe(0)
  const shown = renderRun(collector.getMetadataSummary(), {})
  expect(shown).toMatch(/Not understood, and in none of these figures/)
  expect(shown).toMatch(/POST +api\.replicate\.com +\/v1\/predictions\/\{id\}\/whatever +1/)
  expect(shown).toMatch(/trackModelRequest/)
})

/** Opens a WebSocket, hears what comes, and waits until it is closed. */
async function talk(client: EventTarget | WsClient): Promise<void> {
  client.addEventListener('error', () => {})
  await new Promise((resolve) => client.addEventListener('close', resolve))
}

test('a WebSocket to a provider whose sockets nobody can read is told of', async () => {
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(sockets, 'listening')
  sockets.on('connection', (socket) => socket.close())
  const address = sockets.address()
  const host = `api.deepgram.com:${typeof address === 'object' ? address?.port : ''}`
  const collector = new MetadataCollector()
  await runInScope({ collector }, async () => {
    const lookup: LookupFunction = (_name, options, found) =>
      options.all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4)
    await talk(new WsClient(`ws://${host}/v1/listen?key=secret`, { lookup }))
  })
  sockets.close()
  expect(collector.getMetadataSummary().not_understood).toEqual({
    total: 1,
    endpoints: [{ kind: 'socket', host, path: '/v1/listen', provider: null, count: 1 }],
  })
})

test('a WebSocket to a model whose messages cannot be read is told of, whichever opens it', async () => {
  const noFrames = http.createServer().on('upgrade', (request, socket) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const accept = createHash('sha1').update(key).digest('base64')
    socket.end(
      `HTTP/1.1 101 x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n\xff\xff`,
      'latin1',
    )
  })
  noFrames.listen(0, '127.0.0.1')
  await once(noFrames, 'listening')
  const address = noFrames.address()
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const path = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent'
  // Node 20 has none of its own.
  const types: readonly unknown[] = [WsClient, Reflect.get(globalThis, 'WebSocket')].filter(
    (type) => type !== undefined,
  )
  const collector = new MetadataCollector()
  await runInScope({ collector }, async () => {
    const clients = [`ws://${host}${path}?key=secret`, `ws://${host}/chat-of-people`].flatMap((url) =>
      types.map((type): WsClient => Reflect.construct(Object(type), [url])),
    )
    await Promise.all(clients.map(talk))
  })
  noFrames.close()
  expect(collector.getMetadataSummary().not_understood).toEqual({
    total: types.length,
    endpoints: [{ kind: 'socket', host, path, provider: null, count: types.length }],
  })
})

test('a request through a forward proxy is one to the host that its target names', async () => {
  const collector = new MetadataCollector()
  const body = JSON.stringify({ model: 'llama-3.3-70b-versatile', messages: [] })
  await runInScope({ collector }, () => postThroughProxy('http://api.groq.com/openai/v1/chat/completions', body))
  const { models } = collector.getMetadataSummary()
  expect(models['llama-3.3-70b-versatile']).toMatchObject({
    provider: 'groq',
    model_url: 'http://api.groq.com/openai/v1',
    performance: { total_requests: 1 },
  })
})
