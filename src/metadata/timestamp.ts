/** ISO 8601 in local time with its offset, such as `2026-11-23T18:19:07.899+01:00`. */
export function isoTimestamp(atMs: number, utcOffsetMinutes: number): string {
  const local = new Date(atMs + utcOffsetMinutes * 60_000).toISOString().slice(0, -1)
  const sign = utcOffsetMinutes < 0 ? '-' : '+'
  const minutes = Math.abs(utcOffsetMinutes)
  return `${local}${sign}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`
}

/** The timestamp in file names: local time as `YYYY-MM-DD_HH-MM-SS`. */
export function fileTimestamp(atMs: number, utcOffsetMinutes: number): string {
  return new Date(atMs + utcOffsetMinutes * 60_000).toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-')
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
