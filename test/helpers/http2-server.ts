import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { type LocalServer, listenLocally } from './local-server.ts'

export interface Http2Request {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Http2Server extends LocalServer {
  readonly requests: Http2Request[]
}

/** What a test answers a request with; `index` counts requests from 0. */
export type Http2Answer = (stream: ServerHttp2Stream, request: Http2Request, index: number) => void | Promise<void>

/** A local server that speaks HTTP/2 without TLS and answers as a test says, as Bedrock's own does with it. */
export async function startHttp2Server(answer: Http2Answer): Promise<Http2Server> {
  const requests: Http2Request[] = []
  const server = createServer()
  server.on('stream', async (stream, headers) => {
    // A client that goes away is part of the tests.
    stream.on('error', () => {})
    let body = ''
    for await (const chunk of stream) body += String(chunk)
    const request = { path: headers[':path'] ?? '', headers, body }
    requests.push(request)
    await answer(stream, request, requests.length - 1)
  })
  return { ...(await listenLocally(server)), requests }
}

/** Answers with a JSON body. */
export function respondJson(stream: ServerHttp2Stream, status: number, body: unknown, headers = {}): void {
  stream.respond({ ':status': status, 'content-type': 'application/json', ...headers })
  stream.end(JSON.stringify(body))
}
