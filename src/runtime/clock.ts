/** Time of day in milliseconds since 1970; may jump when the clock is set. */
export function nowMs(): number {
  return Date.now()
}

/** Seconds on a clock that only goes forward; only differences mean anything. */
export function monotonicSeconds(): number {
  return performance.now() / 1000
}

/** Offset of local time from UTC, in minutes, east positive. */
export function utcOffsetMinutes(atMs: number): number {
  // Math.round turns the -0 of UTC into 0.
  return Math.round(-new Date(atMs).getTimezoneOffset()) + 0
}
