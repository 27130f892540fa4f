import { once } from 'node:events'
import http from 'node:http'
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

test.each([
  [
    '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=secret',
    '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent',
  ],
])('a WebSocket to a model that nobody can read is told of, whichever opens it: %s', async (path, shown) => {
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(sockets, 'listening')
  const address = sockets.address()
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const collector = new MetadataCollector()
  const opened = await runInScope({ collector }, async () => {
    const client = new WsClient(`ws://${host}${path}`)
    await once(client, 'open')
    client.terminate()
    await once(client, 'close')
    new WsClient(`ws://${host}/chat-of-people`).on('error', () => {})
    // Node 20 has none of its own.
    const own: unknown = Reflect.get(globalThis, 'WebSocket')
    if (typeof own !== 'function') return 1
    const socket: unknown = Reflect.construct(own, [`ws://${host}${path}`])
    if (socket instanceof EventTarget) await once(socket, 'open')
    return 2
  })
  for (const client of sockets.clients) client.terminate()
  sockets.close()
  expect(collector.getMetadataSummary().not_understood).toEqual({
    total: opened,
    endpoints: [{ kind: 'socket', host, path: shown, provider: null, count: opened }],
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
