import { isPlainMap, mapMap } from '../config/plain-map.ts'
import type { Row } from '../sources/source.ts'
import { dataUrlOf } from './data-url.ts'
import { kindOfType, typeOfContent } from './media-type.ts'

/**
 * A row in which bytes that begin like an image or a sound are data URLs, also where they are within `{ bytes, path }` as in
 * columns of the Hub: JSON has no bytes.
 */
export function withMediaAsUrls(row: Row | undefined): Row | undefined {
  if (row === undefined) return undefined
  try {
    return holdsBytes(row) ? mapMap(row, urlOf) : row
  } catch {
    // What cannot be walked cannot be written either: who writes it says where that is.
    return row
  }
}

function holdsBytes(value: unknown): boolean {
  if (value instanceof Uint8Array) return true
  if (Array.isArray(value)) return value.some(holdsBytes)
  return isPlainMap(value) && Object.values(value).some(holdsBytes)
}

function urlOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return urlOfBytes(value) ?? value
  if (!isPlainMap(value) || !(value.bytes instanceof Uint8Array)) return value
  const isHubColumn = Object.keys(value).every((key) => key === 'bytes' || key === 'path')
  return (isHubColumn ? urlOfBytes(value.bytes) : undefined) ?? value
}

function urlOfBytes(value: Uint8Array): string | undefined {
  const mediaType = typeOfContent(value)
  const kind = mediaType === undefined ? undefined : kindOfType(mediaType)
  return kind === undefined ? undefined : dataUrlOf(value, { kind, mediaType })
}
