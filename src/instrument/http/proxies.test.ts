import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { hasOpenssl, selfSigned } from '../../../test/helpers/self-signed.ts'
import { watchWire } from '../../../test/helpers/watch-wire.ts'
import type { RequestEnd } from '../../metadata/event.ts'
import { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { runInScope } from '../../runtime/scope.ts'

let unwatch = () => {}
beforeAll(() => {
  unwatch = watchWire()
})
afterAll(() => unwatch())

const question = JSON.stringify({ model: 'gpt-4o-mini', messages: [] })
const answer = JSON.stringify({ model: 'gpt-4o-mini', usage: { prompt_tokens: 1000, completion_tokens: 100 } })

async function listen(server: http.Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const respond: http.RequestListener = (request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(answer))
}

/** A proxy that tunnels whatever it is asked for to one server, as if that were the host that is named. */
async function startTunnel(to: number): Promise<number> {
  const open: Socket[] = []
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
  })
  const proxy = http.createServer()
  proxy.on('connect', (_request, socket: Socket) => {
    const onward = connect(to, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(onward).pipe(socket)
    })
    open.push(socket, onward)
    for (const end of [socket, onward]) end.on('error', () => {})
  })
  return listen(proxy)
}

/** A socket through the proxy, as the agents for proxies make it. */
async function tunnelTo(target: string, proxyPort: number): Promise<Socket> {
  const request = http.request({ host: '127.0.0.1', port: proxyPort, method: 'CONNECT', path: target })
  request.end()
  const [, socket] = await once(request, 'connect')
  return socket as Socket
}

async function watch(act: () => Promise<void>) {
  const collector = new MetadataCollector()
  const ends: RequestEnd[] = []
  collector.onEvent((event) => {
    if (event.type === 'request-end') ends.push(event)
  })
  await runInScope({ collector, node: 'n' }, act)
  return { ends, models: collector.getMetadataSummary().models }
}

async function ask(request: http.ClientRequest): Promise<void> {
  request.end(question)
  const [response] = await once(request, 'response')
  await once((response as http.IncomingMessage).resume(), 'end')
}

const headers = { 'content-type': 'application/json' }

function expectOneRequest({ ends, models }: Awaited<ReturnType<typeof watch>>, url: string): void {
  expect(ends).toHaveLength(1)
  expect(ends[0]).toMatchObject({ status: 200, node: 'n', usage: { input: 1000, output: 100 } })
  expect(ends[0]?.cost).toMatchObject({ status: 'priced', picodollars: 210_000_000 })
  expect(models['gpt-4o-mini']).toMatchObject({ provider: 'openai', model_url: url })
}

describe('a proxy', () => {
  test('that is asked for a tunnel to a server without TLS', async () => {
    const proxy = await startTunnel(await listen(http.createServer(respond)))
    const seen = await watch(async () => {
      const socket = await tunnelTo('api.openai.com:80', proxy)
      const path = '/v1/chat/completions'
      const options = { host: 'api.openai.com', path, method: 'POST', headers, createConnection: () => socket }
      await ask(http.request(options))
    })
    expectOneRequest(seen, 'http://api.openai.com/v1')
  })

  test.runIf(hasOpenssl)('that is asked for a tunnel to a server with TLS', async () => {
    const { key, cert } = await selfSigned()
    const proxy = await startTunnel(await listen(https.createServer({ key, cert }, respond)))
    const seen = await watch(async () => {
      const socket = await tunnelTo('api.openai.com:443', proxy)
      const secure = tls.connect({ socket, rejectUnauthorized: false })
      const path = '/v1/chat/completions'
      const to = { host: 'api.openai.com', port: 443, defaultPort: 443, path }
      const options = { ...to, method: 'POST', headers, createConnection: () => secure }
      await ask(https.request(options))
    })
    expectOneRequest(seen, 'https://api.openai.com/v1')
  })

  test('that is given the whole URL, with a name and a password for it', async () => {
    const port = await listen(http.createServer(respond))
    const seen = await watch(() => {
      const path = 'http://api.openai.com/v1/chat/completions'
      const authorization = { 'proxy-authorization': 'Basic dTpw' }
      return ask(
        http.request({ host: '127.0.0.1', port, path, method: 'POST', headers: { ...headers, ...authorization } }),
      )
    })
    expectOneRequest(seen, 'http://api.openai.com/v1')
  })
})
