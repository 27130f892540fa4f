import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'
import { SygraError } from '../../../errors.ts'
import type { MediaKind } from '../../media/media-type.ts'
import { kindOfType, typeOfContent } from '../../media/media-type.ts'
import type { ResolvedModel } from '../resolve-model.ts'

/** A file that goes with a request. */
export interface MediaFile {
  readonly mediaType: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** What a chat comes to for a model that does not chat. */
interface MediaPrompt {
  /** What the system messages say. */
  readonly instructions: string
  /** What all other messages say. */
  readonly text: string
  /** Images or sounds in their order: bytes, or web addresses. */
  readonly files: readonly (MediaFile | URL)[]
}

type Prompt = LanguageModelV3CallOptions['prompt']
type Part = Exclude<Prompt[number]['content'], string>[number]

/** What a prompt is asked of, for errors and for what it takes. */
export interface MediaModel {
  readonly name: string
  /** `image_capabilities` of models.yaml. */
  readonly imageLimits?: ResolvedModel['imageLimits']
}

/** What an image model of the AI SDK is asked as, in the place of one of models.yaml. */
export function imagesOf({ name, parameters, imageLimits }: ResolvedModel) {
  return { purpose: 'images', parameters, named: { name, imageLimits } } as const
}

/**
 * What a model that makes images is asked: there is no place for instructions beside the text.
 *
 * @param needsText false for services that work at images without being told how.
 * @throws SygraError `bad_data` without a text, for more than the model takes, for sounds.
 */
export function imageAskOf(
  prompt: Prompt,
  { name, imageLimits }: MediaModel,
  { needsText }: { readonly needsText: boolean },
): { readonly asked: string; readonly files: MediaPrompt['files'] } {
  const { instructions, text, files } = mediaPromptOf(prompt, { model: name, takes: 'image' })
  const asked = joined([instructions, text])
  if (asked === '' && (needsText || files.length === 0)) {
    throw new SygraError('bad_data', `model "${name}" makes images of a text; found none in its prompt`)
  }
  const tooMany = (found: number, limit: number, what: string) =>
    new SygraError('bad_data', `model "${name}" takes at most ${limit} ${what} (image_capabilities); found ${found}`)
  const { promptCharacters, images } = imageLimits ?? {}
  if (promptCharacters !== undefined && asked.length > promptCharacters) {
    throw tooMany(asked.length, promptCharacters, 'characters')
  }
  if (images !== undefined && files.length > images) throw tooMany(files.length, images, 'images')
  return { asked, files }
}

/**
 * What a model that reads aloud is asked: its system messages say how, everything else is spoken.
 *
 * @throws SygraError `bad_data` without a text, and for images and sounds.
 */
export function speechAskOf(
  prompt: Prompt,
  { name }: MediaModel,
): { readonly instructions: string | undefined; readonly text: string } {
  const { instructions, text } = mediaPromptOf(prompt, { model: name, takes: undefined })
  if (text !== '') return { instructions: instructions || undefined, text }
  throw new SygraError('bad_data', `model "${name}" reads a text aloud; found none in its prompt`)
}

/**
 * What a model that transcribes is asked: texts beside the sound are hints for it.
 *
 * @throws SygraError `bad_data` for more or less than one sound, and for images.
 */
export function transcriptAskOf(
  prompt: Prompt,
  { name }: MediaModel,
): { readonly file: MediaFile | URL; readonly hint: string | undefined } {
  const { instructions, text, files } = mediaPromptOf(prompt, { model: name, takes: 'audio' })
  const [file] = files
  if (file !== undefined && files.length === 1) return { file, hint: joined([instructions, text]) || undefined }
  const found = file === undefined ? 'none' : String(files.length)
  throw new SygraError('bad_data', `model "${name}" transcribes one sound; found ${found} in its prompt`)
}

/** Takes a chat apart for a model that makes images or speech, or transcribes. */
function mediaPromptOf(
  prompt: Prompt,
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
  return { mediaType: typeOfContent(bytes) ?? mediaType, bytes }
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
  return { mediaType: typeOfContent(bytes) ?? stated ?? 'application/octet-stream', bytes }
}
