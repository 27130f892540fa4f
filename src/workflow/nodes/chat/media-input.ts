import { readFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { messageOf, SygraError } from '../../../errors.ts'
import { describeValue } from '../../config/config-value.ts'
import type { ChatMessage, ContentPart } from './chat-message.ts'

export type MediaKind = 'image' | 'audio'

/**
 * The addresses of the images or sounds that a value of the state stands for: data URLs, web addresses and paths as they are,
 * bytes as data URLs; `{ bytes, path }` as columns of the Hub have it, `{ url }`, and lists of all of them.
 *
 * @throws SygraError `bad_data` for what is none of these.
 */
export function mediaAddressesOf(value: unknown, kind: MediaKind): readonly string[] {
  if (value === undefined || value === null || value === '') return []
  if (typeof value === 'string') return [value.trim()]
  if (value instanceof Uint8Array) return [dataUrlOf(value, kind)]
  if (Array.isArray(value)) return value.flatMap((item) => mediaAddressesOf(item, kind))
  if (typeof value === 'object') {
    const { bytes, path, url, data, type }: Partial<Record<string, unknown>> = { ...value }
    const found = bytesOf(bytes) ?? (type === 'Buffer' ? bytesOf(data) : undefined)
    if (found !== undefined) return [dataUrlOf(found, kind, typeof path === 'string' ? path : undefined)]
    if (typeof url === 'string') return [url]
    if (typeof path === 'string') return [path]
  }
  throw new SygraError(
    'bad_data',
    `found ${describeValue(value)}; expected ${kind === 'image' ? 'an image' : 'a sound'}: a data URL, a web address, the path of a file, bytes, { bytes, path }, or a list of these`,
  )
}

/** Bytes as they are, as a list of numbers, or as base64, which JSON has for them. */
function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string' && value !== '') return Buffer.from(value, 'base64')
  const isBytes = Array.isArray(value) && value.length > 0 && value.every((item) => Number.isInteger(item))
  return isBytes ? Uint8Array.from(value) : undefined
}

function dataUrlOf(bytes: Uint8Array, kind: MediaKind, path = ''): string {
  const type = typeOfBytes(bytes) ?? typesByName[extname(path).toLowerCase()] ?? fallbackTypes[kind]
  return `data:${type};base64,${Buffer.from(bytes).toString('base64')}`
}

const fallbackTypes = { image: 'image/png', audio: 'audio/wav' } as const

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
}

/** How files begin, by their media types. */
const beginnings: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^\x89PNG/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8/],
  ['image/webp', /^RIFF.{4}WEBP/s],
  ['image/bmp', /^BM/],
  ['audio/wav', /^RIFF.{4}WAVE/s],
  ['audio/mpeg', /^(?:ID3|\xff[\xe2-\xff])/],
  ['audio/flac', /^fLaC/],
  ['audio/ogg', /^OggS/],
  ['audio/mp4', /^.{4}ftyp/s],
]

function typeOfBytes(bytes: Uint8Array): string | undefined {
  const begin = Buffer.from(bytes.subarray(0, 16)).toString('latin1')
  return beginnings.find(([, pattern]) => pattern.test(begin))?.[0]
}

/**
 * Messages in which files on disk are data URLs. Only files that a name says to be an image or a sound are read: a record is
 * not to have other files sent.
 *
 * @param directories where relative paths start; the first that has the file is meant.
 * @throws SygraError `bad_data` for a file that is not there, or is no image or sound by its name.
 */
export async function withFilesRead(
  messages: readonly ChatMessage[],
  directories: readonly string[],
): Promise<readonly ChatMessage[]> {
  if (messages.every(({ content }) => typeof content === 'string')) return messages
  return Promise.all(
    messages.map(async (message) => {
      if (typeof message.content === 'string') return message
      return { ...message, content: await Promise.all(message.content.map((part) => partRead(part, directories))) }
    }),
  )
}

async function partRead(part: ContentPart, directories: readonly string[]): Promise<ContentPart> {
  switch (part.type) {
    case 'text':
      return part
    case 'image_url':
      return { type: 'image_url', image_url: await addressRead(urlOf(part.image_url), 'image', directories) }
    case 'audio_url':
      return { type: 'audio_url', audio_url: await addressRead(urlOf(part.audio_url), 'audio', directories) }
    default:
      return part satisfies never
  }
}

async function addressRead(address: string, kind: MediaKind, directories: readonly string[]): Promise<string> {
  if (/^(?:data:|https?:)/i.test(address)) return address
  const path = address.replace(/^file:\/\//, '')
  if (typesByName[extname(path).toLowerCase()]?.startsWith(kind) !== true) {
    const shown = address.length > 60 ? `${address.slice(0, 60)}…` : address
    throw new SygraError(
      'bad_data',
      `found "${shown}"; expected ${kind === 'image' ? 'an image' : 'a sound'}: a data URL (data:${fallbackTypes[kind]};base64,…), a web address, or the path of a file such as ${kind === 'image' ? 'a.png' : 'a.wav'}`,
    )
  }
  const candidates = [...new Set(directories.map((directory) => resolve(directory, path)))]
  let failure: unknown
  for (const candidate of candidates) {
    try {
      return dataUrlOf(await readFile(candidate), kind, path)
    } catch (error) {
      failure ??= error
    }
  }
  throw new SygraError('bad_data', `the ${kind} ${path} cannot be read: ${messageOf(failure)}`, { cause: failure })
}

function urlOf(url: string | { readonly url: string }): string {
  return typeof url === 'string' ? url : url.url
}
