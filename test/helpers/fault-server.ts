import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listenLocally } from './local-server.ts'

export interface ReceivedRequest {
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** Resolves when the connection is gone or the answer is sent; true when the client went first. */
  readonly wasCut: Promise<boolean>
}

export interface FaultServer {
  readonly url: string
  readonly requests: ReceivedRequest[]
  readonly close: () => Promise<void>
}

/** What a test answers a request with; `index` counts requests from 0. */
export type Answer = (response: ServerResponse, request: ReceivedRequest, index: number) => void | Promise<void>

/** A local server that answers byte by byte as a test says, for faults no ready-made mock offers. */
export async function startFaultServer(answer: Answer): Promise<FaultServer> {
  const requests: ReceivedRequest[] = []
  const server = createServer(async (incoming, response) => {
    let body = ''
    for await (const chunk of incoming) body += String(chunk)
    const wasCut = new Promise<boolean>((resolve) => {
      response.on('close', () => resolve(!response.writableFinished))
    })
    const request = { url: incoming.url ?? '', headers: incoming.headers, body, wasCut }
    requests.push(request)
    await answer(response, request, requests.length - 1)
  })
  const { url, close } = await listenLocally(server)
  return { url: `${url}/v1`, requests, close }
}

/** Answers with a JSON body. */
export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

/** A chat completion with the given usage. */
export function chatCompletion(usage: object | null = { prompt_tokens: 44, completion_tokens: 92, total_tokens: 136 }) {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4o-mini-2024-07-18',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
    ...(usage === null ? {} : { usage }),
  }
}

/** One SSE event of a chat completion. */
export function chatChunk(content: string, rest: object = {}): string {
  const chunk = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-4o-mini-2024-07-18',
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
    ...rest,
  }
  return `data: ${JSON.stringify(chunk)}\n\n`
}
