import type { ParquetParsers } from 'hyparquet'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Parsers that give values a record can carry: dates as ISO text. */
export const parquetParsers: Partial<ParquetParsers> = {
  dateFromDays: (days) => isoText(days * 86_400_000)?.slice(0, 10),
  timestampFromMilliseconds: (milliseconds) => isoText(Number(milliseconds)),
  timestampFromMicroseconds: (microseconds) => isoText(Number(microseconds / 1000n)),
  timestampFromNanoseconds: (nanoseconds) => isoText(Number(nanoseconds / 1_000_000n)),
}

/**
 * A parquet value as a record carries it: a big integer becomes a number where that is exact, else text; bytes that are UTF-8
 * become text (old writers do not mark text), other bytes stay a Uint8Array.
 */
export function parquetValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return textOrBytes(value)
  if (value instanceof Date) return isoText(value.getTime())
  if (ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) return value.map(parquetValue)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, parquetValue(item)]))
}

function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    return utf8.decode(bytes)
  } catch {
    return bytes
  }
}

function isoText(milliseconds: number): string | undefined {
  // A day beyond what JavaScript's calendar holds.
  return Number.isFinite(milliseconds) && Math.abs(milliseconds) <= 8.64e15
    ? new Date(milliseconds).toISOString()
    : undefined
}
