import { unknownMark } from './format-numbers.ts'

const isoPattern = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/

/** A timestamp as it was written, to the second: `2026-11-23 18:19:07 +01:00`. What is no timestamp becomes a dash. */
export function formatDateTime(iso: string | null | undefined): string {
  const [, date, time, offset] = isoPattern.exec(iso ?? '') ?? []
  if (date === undefined || time === undefined) return unknownMark
  if (offset === undefined) return `${date} ${time}`
  return `${date} ${time} ${offset === 'Z' ? '+00:00' : offset}`
}

/** A timestamp as it was written, to the minute and without its offset, for lists: `2026-11-23 18:19`. */
export function formatShortDateTime(iso: string | null | undefined): string {
  const text = formatDateTime(iso)
  return text === unknownMark ? text : text.slice(0, 16)
}
