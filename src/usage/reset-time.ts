const durationForm = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)(ms|s))?$/

/** Plain numbers below this are a wait in seconds: as a moment it would be in the year 2001. */
const leastEpochSeconds = 1e9
/** Plain numbers from here are a moment in milliseconds. */
const leastEpochMilliseconds = 1e10

/**
 * Seconds until the moment a reset header names: a duration (`6m0s`, `20ms`), an RFC 3339 time, a number of seconds, or a
 * moment since 1970 in seconds or milliseconds. A moment that has passed is 0; undefined for anything else.
 */
export function secondsUntil(text: string, nowMs: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return fromNumber(Number(text), nowMs)
  const duration = durationForm.exec(text)
  if (duration !== null && text !== '') {
    const [, hours = '0', minutes = '0', rest = '0', unit] = duration
    return Number(hours) * 3600 + Number(minutes) * 60 + Number(rest) / (unit === 'ms' ? 1000 : 1)
  }
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text)) return undefined
  const momentMs = Date.parse(text)
  return Number.isNaN(momentMs) ? undefined : Math.max(0, (momentMs - nowMs) / 1000)
}

function fromNumber(value: number, nowMs: number): number {
  if (value < leastEpochSeconds) return value
  const momentMs = value < leastEpochMilliseconds ? value * 1000 : value
  return Math.max(0, (momentMs - nowMs) / 1000)
}
