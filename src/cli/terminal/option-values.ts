import { InvalidArgumentError } from 'commander'
import { type LimitName, readLimit } from '../../workflow/limits/run-limits.ts'

/** Reads the specification's `True` and `False`: true, 1, yes, on, false, 0, no, off, in any case. */
export function parseBoolean(value: string): boolean {
  if (/^(true|1|yes|on)$/i.test(value)) return true
  if (/^(false|0|no|off)$/i.test(value)) return false
  throw new InvalidArgumentError('expected True or False.')
}

/** Reads a whole number that is at least `minimum`. */
export function parseWholeNumber(minimum: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (!/^\d+$/.test(value) || number < minimum) {
      throw new InvalidArgumentError(`expected a whole number, ${minimum} or more.`)
    }
    return number
  }
}

/** Reads how many processes there are to be, or the Redis at which workers wait. */
export function parseWorkers(value: string): number | string {
  if (/^\d+$/.test(value) && Number(value) > 0) return Number(value)
  if (value === 'redis' || /^rediss?:\/\/./.test(value)) return value
  throw new InvalidArgumentError(
    'expected how many processes, such as 4, or where workers wait: redis://HOST:PORT, or redis for SYGRA_REDIS_URL.',
  )
}

/** Reads how many records: a whole number, or `all`, which is infinite, since the parser would make a text of undefined. */
export function parseRecordCount(value: string): number {
  if (/^all$/i.test(value)) return Number.POSITIVE_INFINITY
  if (/^\d+$/.test(value)) return Number(value)
  throw new InvalidArgumentError('expected a whole number, 0 or more, or all.')
}

/** How many records were asked for; undefined for all. */
export function recordCountOf(count: number | undefined): number | undefined {
  return count === undefined || Number.isFinite(count) ? count : undefined
}

/** Reads a number that is at least `minimum`. */
export function parseNumber(minimum: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (value.trim() === '' || !Number.isFinite(number) || number < minimum) {
      throw new InvalidArgumentError(`expected a number, ${minimum} or more.`)
    }
    return number
  }
}

/** Reads a share, from 0 to 1. */
export function parseShare(value: string): number {
  const share = Number(value)
  if (value.trim() !== '' && share >= 0 && share <= 1) return share
  throw new InvalidArgumentError('expected a share from 0 to 1, such as 0.1.')
}

/** Reads a limit of a run, as `graph_config.yaml` and `run()` do. */
export function parseLimit(name: LimitName): (value: string) => number | string {
  return (value) => {
    const read = readLimit(name, value)
    if ('value' in read) return read.value
    throw new InvalidArgumentError(`expected ${read.expected}.`)
  }
}

/** Reads a JSON object. */
export function parseJsonObject(value: string): Record<string, unknown> {
  let parsed: unknown
  try {
    parsed = JSON.parse(value)
  } catch {
    throw new InvalidArgumentError('expected a JSON object, such as \'{"key": 1}\'.')
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new InvalidArgumentError('expected a JSON object.')
  }
  return Object.fromEntries(Object.entries(parsed))
}

const momentPattern = /^(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/

/**
 * Reads a day or a moment, `2026-11-23` or ISO 8601, in milliseconds since 1970; `dayAt` says what a day alone means, as
 * the time that is written behind it. Undefined for what is no date, and for a day that the calendar does not have.
 */
function readDate(value: string, dayAt: string): number | undefined {
  const day = momentPattern.exec(value)?.[1]
  if (day === undefined) return undefined
  // The date parser takes the 30th of February for the 2nd of March.
  const noonMs = Date.parse(`${day}T12:00:00Z`)
  if (!Number.isFinite(noonMs) || !new Date(noonMs).toISOString().startsWith(day)) return undefined
  const atMs = Date.parse(value === day ? `${day}${dayAt}` : value)
  return Number.isFinite(atMs) ? atMs : undefined
}

/** Reads the day or the moment of a price; a day is its noon in UTC. In milliseconds since 1970. */
export function parseMoment(value: string): number {
  const atMs = readDate(value, 'T12:00:00Z')
  if (atMs === undefined) throw new InvalidArgumentError('expected a date, such as 2026-11-23.')
  return atMs
}

const unitMs: Readonly<Record<string, number>> = { min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/**
 * Reads since when: `7d`, `24h`, `30min`, `2w` ago, or a date such as `2026-11-01` or `2026-11-01T12:00`; a day begins at
 * its midnight here.
 */
export function parseSince(value: string, nowMs: number = Date.now()): number {
  const [, amount, unit = ''] = /^(\d+)(min|h|d|w)$/.exec(value) ?? []
  if (amount !== undefined) return nowMs - Number(amount) * (unitMs[unit] ?? 0)
  const atMs = readDate(value, 'T00:00')
  if (atMs === undefined) throw new InvalidArgumentError('expected 7d, 24h, 30min or a date such as 2026-11-01.')
  return atMs
}
