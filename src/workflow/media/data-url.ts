import type { MediaKind } from './media-type.ts'
import { kindOfType, typeOfBytes, typeOfName } from './media-type.ts'

/** The content of a data URL. */
export interface DataUrl {
  readonly mediaType: string
  /** In base64. */
  readonly data: string
}

/** A data URL taken apart; undefined for what is none, or not in base64. */
export function readDataUrl(text: string): DataUrl | undefined {
  if (!/^data:/i.test(text)) return undefined
  // Not by one expression over the whole: the content may be megabytes.
  const comma = text.indexOf(',')
  const [, mediaType] = /^data:([^;,]+)(?:;[^;,]+)*;base64$/i.exec(text.slice(0, Math.max(0, comma))) ?? []
  return mediaType === undefined ? undefined : { mediaType, data: text.slice(comma + 1) }
}

const fallbackTypes = { image: 'image/png', audio: 'audio/wav' } as const

/** The media type that is assumed where nothing tells it. */
export function fallbackTypeOf(kind: MediaKind): string {
  return fallbackTypes[kind]
}

/** The bytes of an image or a sound as a data URL; their type is told by how they begin, else by a name or as is said. */
export function dataUrlOf(
  bytes: Uint8Array,
  { kind, name = '', mediaType }: { readonly kind: MediaKind; readonly name?: string; readonly mediaType?: string },
): string {
  const type = typeOfBytes(bytes) ?? mediaType ?? typeOfName(name) ?? fallbackTypes[kind]
  return `data:${type};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}`
}

/** The kind of a text that is the data URL of an image or a sound; undefined for every other text. */
export function mediaKindOf(text: string): MediaKind | undefined {
  if (!text.startsWith('data:')) return undefined
  const found = readDataUrl(text)
  return found === undefined ? undefined : kindOfType(found.mediaType)
}
