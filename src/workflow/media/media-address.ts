import { SygraError } from '../../errors.ts'
import { describeValue } from '../config/config-value.ts'
import { dataUrlOf } from './data-url.ts'
import type { MediaKind } from './media-type.ts'

/** The address of an image or a sound as a part of a message has it. */
export type MediaAddress = string | { readonly url: string }

/** An address as a text. */
export function urlOf(address: MediaAddress): string {
  return typeof address === 'string' ? address : address.url
}

/**
 * The addresses of the images or sounds that a value of the state stands for: data URLs, web addresses and paths as they are,
 * bytes as data URLs; `{ bytes, path }` as columns of the Hub have it, `{ url }`, and lists of all of them.
 *
 * @throws SygraError `bad_data` for what is none of these.
 */
export function mediaAddressesOf(value: unknown, kind: MediaKind): readonly string[] {
  if (value === undefined || value === null || value === '') return []
  if (typeof value === 'string') return [value.trim()]
  if (value instanceof Uint8Array) return [dataUrlOf(value, { kind })]
  if (Array.isArray(value)) return value.flatMap((item) => mediaAddressesOf(item, kind))
  if (typeof value === 'object') {
    const { bytes, path, url, data, type }: Partial<Record<string, unknown>> = { ...value }
    const found = bytesOf(bytes) ?? (type === 'Buffer' ? bytesOf(data) : undefined)
    if (found !== undefined) return [dataUrlOf(found, { kind, name: typeof path === 'string' ? path : undefined })]
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
