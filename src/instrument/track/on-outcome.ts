/** How something ended: with a value, or with what it threw. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/**
 * Runs a function and tells how it ended, at once or when its promise settles, and before anybody who waits for that
 * promise goes on. What it gives or throws goes on unchanged; a fault of the listener stays within.
 */
export function onOutcome<Result>(run: () => Result, listen: (outcome: Outcome) => void): Result {
  let result: Result
  try {
    result = run()
  } catch (error) {
    tell(listen, { error })
    throw error
  }
  if (!(result instanceof Promise)) {
    tell(listen, { value: result })
    return result
  }
  const isPlain = Object.getPrototypeOf(result) === Promise.prototype
  const told = result.then(
    (value: unknown) => {
      tell(listen, { value })
      return value
    },
    (error: unknown) => {
      tell(listen, { error })
      // Nobody waits for this promise where the caller keeps its own.
      if (isPlain) throw error
    },
  )
  // A promise of a class of its own, as SDKs give, has methods that its callers need. A plain one is passed on, so that a
  // rejection nobody handles is still one.
  return isPlain ? (told as Result) : result
}

function tell(listen: (outcome: Outcome) => void, outcome: Outcome): void {
  try {
    listen(outcome)
  } catch {}
}
