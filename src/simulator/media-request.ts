import type { ApiError } from './http-answer.ts'
import { formOf, jsonOf } from './request-body.ts'

/** What a request of OpenAI's that is no chat asks for. */
export type MediaOperation = 'images/generations' | 'images/edits' | 'audio/speech' | 'audio/transcriptions'

/** A request for images, speech or a transcript, as far as the simulator looks at it. */
export interface MediaRequest {
  readonly operation: MediaOperation
  readonly model: string
  /** The text that is drawn or read aloud, or the hint for a transcript. */
  readonly text: string
  /** Images to be changed, or the sound. */
  readonly files: readonly Uint8Array[]
  readonly parameters: Readonly<Record<string, unknown>>
}

type ParsedMedia = { readonly request: MediaRequest } | { readonly error: ApiError }

/** The request of a body, or the error that OpenAI would answer; on Azure the path names the model. */
export async function parseMedia(
  body: Buffer,
  {
    contentType,
    operation,
    deployment,
  }: { readonly contentType: string; readonly operation: MediaOperation; readonly deployment: string | undefined },
): Promise<ParsedMedia> {
  const isForm = contentType.startsWith('multipart/form-data')
  const read = await (isForm ? readForm(body, contentType) : readJson(body))
  if (read === undefined) return refused(`The body of the request is no ${isForm ? 'form' : 'JSON object'}.`)
  const { parameters, files } = read
  const model = deployment ?? parameters.model
  if (typeof model !== 'string' || model === '') return refused('you must provide a model parameter', 'model')
  const key = operation === 'audio/speech' ? 'input' : 'prompt'
  const { [key]: text = '' } = parameters
  if (operation !== 'audio/transcriptions' && (typeof text !== 'string' || text === '')) {
    return refused(`Missing required parameter: '${key}'.`, key)
  }
  if (operation === 'audio/transcriptions' && files.length !== 1) return refused('a sound is needed', 'file')
  if (operation === 'images/edits' && files.length === 0) return refused('an image is needed', 'image')
  return { request: { operation, model, text: String(text), files, parameters } }
}

interface ReadBody {
  readonly parameters: Record<string, unknown>
  readonly files: Uint8Array[]
}

function readJson(body: Buffer): ReadBody | undefined {
  const value = jsonOf(body)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return { parameters: { ...value }, files: [] }
}

async function readForm(body: Buffer, contentType: string): Promise<ReadBody | undefined> {
  const form = await formOf(body, contentType)
  if (form === undefined) return undefined
  const parameters: Record<string, unknown> = {}
  const files: Uint8Array[] = []
  for (const [name, value] of form) {
    if (typeof value === 'string') parameters[name] = value
    else files.push(new Uint8Array(await value.arrayBuffer()))
  }
  return { parameters, files }
}

function refused(message: string, param?: string): ParsedMedia {
  return { error: { status: 400, message, type: 'invalid_request_error', ...(param && { param }) } }
}

/** A body without what is drawn anew for each form: two with the same digest are the same request. */
export function bodyWithoutBoundary(body: Buffer, contentType: string): Buffer {
  const boundary = /boundary="?([^";]+)/.exec(contentType)?.[1]
  return boundary === undefined ? body : Buffer.from(body.toString('latin1').replaceAll(boundary, ''), 'latin1')
}
