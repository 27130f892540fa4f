import type { IncomingMessage } from 'node:http'
import { type ChatRequest, chatRequest } from './chat-request.ts'
import type { ApiError } from './http-answer.ts'

const maxBytes = 64 * 1024 * 1024

/** The body of a request, or why there is none: longer than may be (64 MiB), or the client went away. */
export async function readBody(request: IncomingMessage, most = maxBytes): Promise<Buffer | 'too-long' | 'gone'> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) continue
      bytes += chunk.length
      // The rest is read and dropped, because a client that still sends does not read an answer.
      if (bytes <= most) chunks.push(chunk)
    }
  } catch {
    return 'gone'
  }
  return bytes > most ? 'too-long' : Buffer.concat(chunks)
}

/** The chat request of a body, or the error that OpenAI would answer; on Azure the path names the model. */
export function parseChat(body: Buffer, deployment: string | undefined): ParsedChat {
  let written = jsonOf(body)
  if (written === undefined) return badRequest('The body of the request is not JSON.')
  if (deployment !== undefined && typeof written === 'object' && written !== null) {
    written = { ...written, model: deployment }
  }
  const parsed = chatRequest.safeParse(written)
  if (parsed.success) return { request: parsed.data }
  const issue = parsed.error.issues[0]
  const param = issue?.path.join('.') ?? ''
  return badRequest(`Invalid request: ${param || 'body'}: ${issue?.message ?? 'not a chat completion'}.`, param)
}

type ParsedChat = { readonly request: ChatRequest } | { readonly error: ApiError }

function badRequest(message: string, param?: string): ParsedChat {
  return { error: { status: 400, message, type: 'invalid_request_error', ...(param && { param }) } }
}

/** The value of a JSON text; undefined for a text that is none. */
export function jsonOf(text: Buffer | string): unknown {
  try {
    return JSON.parse(text.toString())
  } catch {
    return undefined
  }
}

/** The form of a body; undefined for a body that is none. */
export async function formOf(body: Buffer, contentType: string): Promise<FormData | undefined> {
  if (!contentType.startsWith('multipart/form-data')) return undefined
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData()
  } catch {
    return undefined
  }
}
