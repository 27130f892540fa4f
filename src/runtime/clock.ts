// All of it is taken when this file is loaded, which `sygra/register` does before the program starts: fake timers that a test
// installs later must neither see, move nor stop what measures it.
const { setTimeout, clearTimeout, setImmediate, Date: RealDate } = globalThis
const dateNow = RealDate.now
const performanceNow = performance.now.bind(performance)

/** `setTimeout` as it was when the process started. */
export const setTimer: typeof setTimeout = setTimeout
/** `clearTimeout` as it was. */
export const clearTimer: typeof clearTimeout = clearTimeout
/** `setImmediate` as it was. */
export const setSoon: typeof setImmediate = setImmediate

/** A time that passes, and can be ended before: nothing of it keeps the process then. */
export function pause(milliseconds: number): { readonly over: Promise<void>; readonly cancel: () => void } {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimer(resolve, milliseconds)
  })
  return { over, cancel: () => clearTimer(timer) }
}

/** Waits for work, for no longer than that. Rejects as the work does. */
export async function within(work: Promise<unknown>, milliseconds: number): Promise<void> {
  const patience = pause(milliseconds)
  try {
    await Promise.race([work, patience.over])
  } finally {
    patience.cancel()
  }
}

/** By how much the clock of this process is behind the one that it goes by. */
const known = { behindMs: 0 }

/** Time of day in milliseconds since 1970; may jump when the clock is set. */
export function nowMs(): number {
  return dateNow() + known.behindMs
}

/** From now on this process goes by another clock, which is ahead of its own by so much; negative where it is behind. */
export function goByOtherClock(aheadMs: number): void {
  // Times of day are whole milliseconds.
  known.behindMs += Math.round(aheadMs)
}

/** Milliseconds on a clock that only goes forward; only differences mean anything. */
export function monotonicMs(): number {
  return performanceNow()
}

/** The same in seconds. */
export function monotonicSeconds(): number {
  return performanceNow() / 1000
}

/** Offset of local time from UTC, in minutes, east positive. */
export function utcOffsetMinutes(atMs: number): number {
  // Math.round turns the -0 of UTC into 0.
  return Math.round(-new RealDate(atMs).getTimezoneOffset()) + 0
}
