import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createServer2, type Http2Server, Http2ServerResponse } from 'node:http2'
import { type LocalServer, listenLocally } from './local-server.ts'

/** What goes wrong with a request, before its answer or in the middle of it. */
export type Fault =
  | { readonly status: number }
  /** The connection goes before an answer. */
  | 'drop'
  /** The connection goes in the middle of the answer. */
  | 'cut'
  /** The answer stops in the middle, and the connection stays. */
  | 'stall'

export interface ModelRequest {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface ModelAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

/** What a model would answer. */
export type Respond = (request: ModelRequest) => ModelAnswer | Promise<ModelAnswer>

/** An answer that is one JSON object. */
export function jsonAnswer(body: unknown): ModelAnswer {
  return { status: 200, contentType: 'application/json', body: Buffer.from(JSON.stringify(body)) }
}

export interface ModelServerOptions {
  readonly respond: Respond
  /** What goes wrong with the first request, the second and so on; those after the last are answered. */
  readonly faults?: readonly (Fault | undefined)[]
  /** Speaks HTTP/2 without TLS, and only that. */
  readonly isHttp2?: boolean
}

export interface ModelServer extends LocalServer {
  readonly requests: readonly ModelRequest[]
  /** Resolves when a client has gone away before the end of its answer. Over HTTP/2, Node's server is not told. */
  readonly clientLeft: Promise<void>
}

/** A server that gives the answers of a model, with faults at exact bytes. */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const { respond, faults = [], isHttp2 = false } = options
  const requests: ModelRequest[] = []
  let tellLeft = () => {}
  const clientLeft = new Promise<void>((resolve) => {
    tellLeft = resolve
  })
  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    let body = ''
    for await (const chunk of incoming) body += String(chunk)
    response.on('close', () => {
      if (!response.writableFinished) tellLeft()
    })
    const request = { path: incoming.url ?? '', headers: incoming.headers, body }
    requests.push(request)
    await answer(response, await respond(request), faults[requests.length - 1])
  }
  // Nobody waits for an answer whose client has gone.
  const listener = (incoming: unknown, response: unknown) => {
    handle(incoming as IncomingMessage, response as ServerResponse).catch(() => {})
  }
  const server: Server | Http2Server = isHttp2 ? createServer2(listener) : createServer(listener)
  return { ...(await listenLocally(server)), requests, clientLeft }
}

async function answer(response: ServerResponse, given: ModelAnswer, fault: Fault | undefined): Promise<void> {
  if (fault === 'drop') {
    drop(response)
    return
  }
  if (typeof fault === 'object') {
    const headers = {
      'content-type': 'application/json',
      'retry-after-ms': '1',
      'x-amzn-errortype': errorNameOf(fault),
    }
    response
      .writeHead(fault.status, headers)
      .end(JSON.stringify({ error: { message: 'On purpose. Please try again in 1ms.', type: 'test' } }))
    return
  }
  const { status, contentType, headers, body } = given
  response.writeHead(status, { 'content-type': contentType, ...headers })
  if (fault === undefined) {
    response.end(body)
    return
  }
  // The greater part of it, so that the client has something to read.
  await new Promise((resolve) => response.write(body.subarray(0, Math.ceil(body.length * 0.6)), resolve))
  if (fault === 'cut') drop(response)
}

function errorNameOf({ status }: { readonly status: number }): string {
  return status === 429 ? 'ThrottlingException' : 'InternalServerException'
}

function drop(response: ServerResponse | Http2ServerResponse): void {
  // A stream of HTTP/2 has no connection of its own.
  if (response instanceof Http2ServerResponse) response.stream.session?.destroy()
  else response.destroy()
}
