import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'

export interface Http2Request {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Http2Server {
  readonly url: string
  readonly requests: Http2Request[]
  readonly close: () => Promise<void>
}

/** What a test answers a request with; `index` counts requests from 0. */
export type Http2Answer = (stream: ServerHttp2Stream, request: Http2Request, index: number) => void | Promise<void>

/** A local server that speaks HTTP/2 without TLS and answers as a test says, as Bedrock's own does with it. */
export async function startHttp2Server(answer: Http2Answer): Promise<Http2Server> {
  const requests: Http2Request[] = []
  const sessions = new Set<ServerHttp2Session>()
  const server = createServer()
  server.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
  })
  server.on('stream', async (stream, headers) => {
    // A client that goes away is part of the tests.
    stream.on('error', () => {})
    let body = ''
    for await (const chunk of stream) body += String(chunk)
    const request = { path: headers[':path'] ?? '', headers, body }
    requests.push(request)
    await answer(stream, request, requests.length - 1)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const session of sessions) session.destroy()
      }),
  }
}

/** Answers with a JSON body. */
export function respondJson(stream: ServerHttp2Stream, status: number, body: unknown, headers = {}): void {
  stream.respond({ ':status': status, 'content-type': 'application/json', ...headers })
  stream.end(JSON.stringify(body))
}
