import { type MediaKind, typeOfContent, typeOfName } from './media-type.ts'

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

/**
 * An image or a sound, as bytes or in base64, as a data URL; its type is told by how it begins, else as is said, or by a name.
 */
export function dataUrlOf(
  content: Uint8Array | string,
  { kind, name = '', mediaType }: { readonly kind: MediaKind; readonly name?: string; readonly mediaType?: string },
): string {
  const type = typeOfContent(content) ?? mediaType ?? typeOfName(name) ?? fallbackTypes[kind]
  const base64 =
    typeof content === 'string'
      ? content
      : Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('base64')
  return `data:${type};base64,${base64}`
}
