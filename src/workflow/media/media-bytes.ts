import type { Row } from '../sources/source.ts'
import { dataUrlOf } from './data-url.ts'
import { kindOfType, typeOfBytes } from './media-type.ts'

/**
 * A row in which bytes that begin like an image or a sound are data URLs, also where they are within `{ bytes, path }` as in
 * columns of the Hub: JSON has no bytes.
 */
export function withMediaAsUrls(row: Row | undefined): Row | undefined {
  if (row === undefined) return undefined
  try {
    return holdsBytes(row) ? changedMap(row) : row
  } catch {
    // What cannot be walked cannot be written either: who writes it says where that is.
    return row
  }
}

function holdsBytes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof Uint8Array) return true
  if (Array.isArray(value)) return value.some(holdsBytes)
  return isMap(value) && Object.values(value).some(holdsBytes)
}

function changed(value: unknown): unknown {
  if (value instanceof Uint8Array) return urlOfBytes(value) ?? value
  if (Array.isArray(value)) return value.map(changed)
  if (!isMap(value)) return value
  const isHubColumn =
    value.bytes instanceof Uint8Array && Object.keys(value).every((key) => key === 'bytes' || key === 'path')
  return (isHubColumn ? urlOfBytes(value.bytes) : undefined) ?? changedMap(value)
}

function changedMap(map: Row): Row {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, changed(value)]))
}

function urlOfBytes(value: unknown): string | undefined {
  if (!(value instanceof Uint8Array)) return undefined
  const mediaType = typeOfBytes(value)
  const kind = mediaType === undefined ? undefined : kindOfType(mediaType)
  return kind === undefined ? undefined : dataUrlOf(value, { kind, mediaType })
}

function isMap(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
