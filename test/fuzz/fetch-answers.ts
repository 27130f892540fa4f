import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

const json = JSON.stringify({
  id: 'chatcmpl-1',
  model: 'gpt-4o-mini-2024-07-18',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 44, completion_tokens: 92, total_tokens: 136 },
})
const chunk = (content: string) => `data: ${JSON.stringify({ model: 'm', choices: [{ delta: { content } }] })}\n\n`

const send =
  (body: string | Uint8Array, headers: Record<string, string> = { 'content-type': 'application/json' }, status = 200) =>
  (response: ServerResponse) => {
    response.writeHead(status, headers).end(body)
  }

function sendParts(response: ServerResponse, parts: readonly string[], last: () => void) {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const next = (index: number) => {
    const part = parts[index]
    if (part === undefined) last()
    else response.write(part, () => setTimeout(next, 3, index + 1))
  }
  next(0)
}

/** What a server may answer. */
export const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  json: send(json),
  gzip: send(gzipSync(json), { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
  empty: send(''),
  'no-content': send('', {}, 204),
  page: send('<html>no</html>', { 'content-type': 'text/html' }),
  binary: send(new Uint8Array(70_000), { 'content-type': 'application/octet-stream' }),
  form: send('a=1&b=2', { 'content-type': 'application/x-www-form-urlencoded' }),
  multipart: send('--zz\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--zz--\r\n', {
    'content-type': 'multipart/form-data; boundary=zz',
  }),
  'server-error': send('{"error":{"message":"no"}}', { 'content-type': 'application/json' }, 500),
  'rate-limit': send('{"error":{"message":"slow"}}', { 'content-type': 'application/json' }, 429),
  redirect: send('', { location: '/json/chat/completions' }, 307),
  stream: (response) => sendParts(response, [chunk('a'), chunk('b'), 'data: [DONE]\n\n'], () => response.end()),
  'cut-stream': (response) => sendParts(response, [chunk('a'), chunk('b')], () => response.destroy()),
  endless: (response) => sendParts(response, [chunk('a'), chunk('b')], () => {}),
  silent: () => {},
  'cut-json': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': json.length + 10 })
    response.write(json, () => response.destroy())
  },
}

/** A server of `node:https` or HTTP/2 answers in the same ways. */
export function answerRequest(request: AnyRequest, response: AnyResponse): void {
  const [, name = ''] = request.url?.split('/') ?? []
  response.on('error', () => {})
  request.on('error', () => {})
  request.resume()
  request.on('end', () => {
    if (!('stream' in response)) return answers[name]?.(response)
    // Over HTTP/2 the stream is what can be destroyed.
    const { stream } = response
    stream.on('error', () => {})
    if (!stream.destroyed) answers[name]?.(Object.assign(response, { destroy: () => stream.destroy() }) as never)
  })
}

type AnyRequest = IncomingMessage | Http2ServerRequest
type AnyResponse = ServerResponse | Http2ServerResponse

export interface AnswerServer {
  readonly url: string
  /** What came of a request that named itself in the header `x-id`; once all of it was there. */
  readonly received: (id: string) => string | undefined
  readonly close: () => void
}

/** A server that answers as the first part of the path says. */
export async function startAnswerServer(): Promise<AnswerServer> {
  const received = new Map<string, string>()
  // A connection that is let go between two requests of a slow machine would fail the second one.
  const server = createServer({ keepAliveTimeout: 120_000 }, async (request, response) => {
    response.on('error', () => {})
    const pieces: Uint8Array[] = []
    try {
      for await (const piece of request) pieces.push(piece)
    } catch {
      return
    }
    const boundary = /-*formdata-undici-\d+/g
    const body = Buffer.concat(pieces).toString().replace(boundary, 'boundary')
    const { 'x-id': id, 'x-n': n, 'content-length': length } = request.headers
    const type = request.headers['content-type']?.replace(boundary, 'boundary')
    if (typeof id === 'string') received.set(id, JSON.stringify([request.method, type, n, length, body]))
    const answer = answers[request.url?.split('/')[1] ?? '']
    if (answer === undefined) response.writeHead(404).end()
    else answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    received: (id) => received.get(id),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
