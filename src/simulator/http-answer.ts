import type { ServerResponse } from 'node:http'

/** Says where a rehearsed request comes from, so that its answer need not depend on how it is worded; simulators alone get it. */
export const originHeader = 'x-sygra-origin'

/** Every answer carries this header: costs computed from it are a rehearsal, not money spent. */
export const simulatedHeader = 'x-sygra-simulated'

/** What goes wrong, in OpenAI's shape. */
export interface ApiError {
  readonly status: number
  readonly message: string
  readonly type: string
  readonly code?: string
  readonly param?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a whole answer with its length, so that the client can use the connection again. */
export function sendText(response: ServerResponse, answer: TextAnswer): void {
  response.writeHead(answer.status, {
    'content-type': answer.contentType ?? 'application/json',
    'content-length': Buffer.byteLength(answer.text),
    ...answer.headers,
  })
  response.end(answer.text)
}

export function sendJson(response: ServerResponse, body: unknown): void {
  sendText(response, { status: 200, text: JSON.stringify(body) })
}

interface TextAnswer {
  readonly status: number
  readonly text: string
  /** Default: JSON. */
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends an error as OpenAI does: `{ "error": { message, type, param, code } }`. */
export function sendError(response: ServerResponse, error: ApiError): void {
  const { message, type, param = null, code = null } = error
  const text = JSON.stringify({ error: { message, type, param, code } })
  sendText(response, { status: error.status, text, ...(error.headers && { headers: error.headers }) })
}
