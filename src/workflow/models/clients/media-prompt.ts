import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'
import { SygraError } from '../../../errors.ts'
import type { MediaKind } from '../../media/media-type.ts'
import { kindOfType, typeOfBytes } from '../../media/media-type.ts'

/** A file that goes with a request. */
export interface MediaFile {
  readonly mediaType: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** What a chat comes to for a model that does not chat. */
export interface MediaPrompt {
  /** What the system messages say. */
  readonly instructions: string
  /** What all other messages say. */
  readonly text: string
  /** Images or sounds in their order: bytes, or web addresses. */
  readonly files: readonly (MediaFile | URL)[]
}

type Part = Exclude<LanguageModelV3CallOptions['prompt'][number]['content'], string>[number]

/**
 * Takes a chat apart for a model that makes images or speech, or transcribes.
 *
 * @throws SygraError `bad_data` for files of another kind than it takes.
 */
export function mediaPromptOf(
  prompt: LanguageModelV3CallOptions['prompt'],
  { model, takes }: { readonly model: string; readonly takes: MediaKind | undefined },
): MediaPrompt {
  const instructions: string[] = []
  const texts: string[] = []
  const files: (MediaFile | URL)[] = []
  for (const message of prompt) {
    if (message.role === 'system') {
      instructions.push(message.content)
      continue
    }
    for (const part of message.content) {
      if (part.type === 'text') texts.push(part.text)
      else if (part.type === 'file') files.push(fileOf(part, { model, takes }))
    }
  }
  return { instructions: joined(instructions), text: joined(texts), files }
}

function joined(texts: readonly string[]): string {
  return texts
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .join('\n')
}

function fileOf(
  { mediaType, data }: Extract<Part, { type: 'file' }>,
  { model, takes }: { readonly model: string; readonly takes: MediaKind | undefined },
): MediaFile | URL {
  const kind = kindOfType(mediaType)
  if (kind !== takes) {
    const wanted = takes === undefined ? 'text alone' : takes === 'image' ? 'images and text' : 'one sound and text'
    const found = kind === 'image' ? 'an image' : 'a sound'
    throw new SygraError('bad_data', `model "${model}" takes ${wanted}; found ${found} in its prompt`)
  }
  if (data instanceof URL) return data
  const bytes = new Uint8Array(typeof data === 'string' ? Buffer.from(data, 'base64') : data)
  return { mediaType: typeOfBytes(bytes) ?? mediaType, bytes }
}

const mostBytes = 100 * 1024 * 1024

/**
 * The bytes of a file, which are fetched where it has a web address.
 *
 * @throws SygraError `bad_data` for an address that gives none, or more than 100 MiB.
 */
export async function bytesOfFile(file: MediaFile | URL, signal: AbortSignal | undefined): Promise<MediaFile> {
  if (!(file instanceof URL)) return file
  const address = file.href.length > 100 ? `${file.href.slice(0, 100)}…` : file.href
  const response = await globalThis.fetch(file, { signal: signal ?? null })
  if (!response.ok) throw new SygraError('bad_data', `${address} answers ${response.status}; expected a file`)
  const tooLong = () => new SygraError('bad_data', `${address} is longer than 100 MiB; give a smaller file`)
  if (Number(response.headers.get('content-length') ?? 0) > mostBytes) throw tooLong()
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength
    if (length > mostBytes) throw tooLong()
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(Buffer.concat(chunks))
  const stated = response.headers.get('content-type')?.split(';')[0]
  return { mediaType: typeOfBytes(bytes) ?? stated ?? 'application/octet-stream', bytes }
}
