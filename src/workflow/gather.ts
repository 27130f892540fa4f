import { SygraError } from '../errors.ts'

/**
 * Waits for several things, as `Promise.all` does, and tells all that is wrong with them at once: one `SygraError` with the
 * lines of all, each once. An error of another kind is thrown as it is, and before any other.
 */
export async function gather<const Steps extends readonly unknown[]>(
  steps: Steps,
): Promise<{ -readonly [Place in keyof Steps]: Awaited<Steps[Place]> }> {
  const settled = await Promise.allSettled(steps)
  const reasons = settled.flatMap((outcome): unknown[] => (outcome.status === 'rejected' ? [outcome.reason] : []))
  if (reasons.length > 0) throw combined(reasons)
  return Promise.all(steps)
}

/** As `gather`, for steps that are done at once. */
export function gatherNow<Result>(steps: readonly (() => Result)[]): Result[] {
  const results: Result[] = []
  const reasons: unknown[] = []
  for (const step of steps) {
    try {
      results.push(step())
    } catch (error) {
      reasons.push(error)
    }
  }
  if (reasons.length > 0) throw combined(reasons)
  return results
}

function combined(reasons: readonly unknown[]): unknown {
  const errors = reasons.filter((reason) => reason instanceof SygraError)
  const [first] = errors
  if (first === undefined || errors.length < reasons.length) {
    return reasons.find((reason) => !(reason instanceof SygraError))
  }
  const lines = new Set(errors.flatMap(({ message }) => message.split('\n')))
  if (errors.every(({ message }) => message === first.message)) return first
  const code = errors.every((error) => error.code === first.code) ? first.code : 'bad_config'
  return new SygraError(code, [...lines].join('\n'), { cause: errors })
}
