import { InvalidArgumentError } from 'commander'

/** Reads a day or a moment, `2026-11-23` or ISO 8601; a day is its noon in UTC. In milliseconds since 1970. */
export function parseMoment(value: string): number {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value)
  const atMs = Date.parse(isDay ? `${value}T12:00:00Z` : value)
  const isReal = /^\d{4}-\d{2}-\d{2}/.test(value) && Number.isFinite(atMs)
  // A day that the calendar does not have is moved to another one.
  if (isReal && (!isDay || new Date(atMs).toISOString().startsWith(value))) return atMs
  throw new InvalidArgumentError('expected a date, such as 2026-11-23.')
}
