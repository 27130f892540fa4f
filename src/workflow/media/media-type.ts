import { extname } from 'node:path'

/** What an image or a sound is. */
export type MediaKind = 'image' | 'audio'

/** Media types by the usual ends of names, the usual one of each type first. */
const typesByName: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.bmp': 'image/bmp',
  '.tiff': 'image/tiff',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.flac': 'audio/flac',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg',
  '.m4a': 'audio/mp4',
  '.aac': 'audio/aac',
  '.aiff': 'audio/aiff',
  '.webm': 'audio/webm',
  '.pcm': 'audio/pcm',
}

/** Other names of the types above. */
const sameTypes: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'audio/mp3': 'audio/mpeg',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'audio/opus': 'audio/ogg',
  'audio/x-flac': 'audio/flac',
  'audio/m4a': 'audio/mp4',
  'audio/x-m4a': 'audio/mp4',
}

/** How files begin, by their media types. */
const beginnings: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^\x89PNG/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8/],
  ['image/webp', /^RIFF.{4}WEBP/s],
  ['image/bmp', /^BM/],
  ['audio/wav', /^RIFF.{4}WAVE/s],
  // Both begin with eleven ones; the layer, which AAC has at zero, tells them apart.
  ['audio/aac', /^\xff[\xf0\xf1\xf8\xf9]/],
  ['audio/mpeg', /^(?:ID3|\xff[\xe2-\xff])/],
  ['audio/flac', /^fLaC/],
  ['audio/ogg', /^OggS/],
  ['audio/aiff', /^FORM.{4}AIF[FC]/s],
  ['audio/webm', /^.E\xdf\xa3/s],
  // In the same container there are images, which some brands name.
  ['audio/mp4', /^.{4}ftyp(?!avi[fs]|hei[cx]|m[is]f1)/s],
]

const bytesOfBeginning = 16
const base64OfBeginning = 24

/**
 * The media type of a file, as bytes or in base64, by how it begins; undefined for what is no image and no sound that is
 * known.
 */
export function typeOfContent(content: Uint8Array | string): string | undefined {
  // It may be megabytes: its begin is looked at alone.
  const bytes =
    typeof content === 'string'
      ? Buffer.from(content.slice(0, base64OfBeginning), 'base64')
      : Buffer.from(content.subarray(0, bytesOfBeginning))
  const begin = bytes.toString('latin1')
  return beginnings.find(([, pattern]) => pattern.test(begin))?.[0]
}

/** The media type of a file by the end of its name. */
export function typeOfName(name: string): string | undefined {
  return typesByName[extname(name).toLowerCase()]
}

/** The media type of a format as services name it in their parameters, such as `mp3` or `webp`. */
export function typeOfFormat(format: unknown): string | undefined {
  if (typeof format !== 'string') return undefined
  return format.startsWith('pcm') ? 'audio/pcm' : typesByName[`.${format.toLowerCase()}`]
}

/** The end of the name of a file of that type, without its dot. */
export function extensionOf(mediaType: string): string {
  const type = sameTypes[mediaType.toLowerCase()] ?? mediaType.toLowerCase()
  const known = Object.entries(typesByName).find(([, each]) => each === type)?.[0]
  return (
    known?.slice(1) ??
    type
      .replace(/^[^/]*\/(?:x-)?/, '')
      .split(/[^a-z0-9]/, 1)
      .join('')
  )
}

/** Whether a media type is one of images or of sounds; undefined for others. */
export function kindOfType(mediaType: string): MediaKind | undefined {
  if (/^image\//i.test(mediaType)) return 'image'
  return /^audio\//i.test(mediaType) ? 'audio' : undefined
}
