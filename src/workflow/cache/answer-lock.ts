import { statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { type HeldLock, takeLock } from '../../runtime/files/file-lock.ts'

/** A lock that is older is taken for one whose machine is gone, in milliseconds. */
const forgottenMs = 15 * 60_000
const longestPauseMs = 200

/**
 * Waits until nobody else asks for the same answer: `found` looks for it meanwhile, so that of many who ask the same at once
 * one makes the request. Gives the answer, or the lock with which it may be asked for; without one where none can be had.
 */
export async function lockOrAnswer<Answer>(
  path: string,
  { found, signal }: { readonly found: () => Answer | undefined; readonly signal: AbortSignal | undefined },
): Promise<{ readonly answer: Answer } | { readonly lock: HeldLock | undefined }> {
  for (let pauseMs = 5; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    const lock = tryToLock(path)
    if (lock === undefined || lock.type === 'held') {
      // Whoever had the lock may have kept the answer since it was looked for.
      const answer = found()
      if (answer === undefined) return { lock }
      lock?.release()
      return { answer }
    }
    if (isForgotten(path)) return { lock: undefined }
    await wait(pauseMs, undefined, { signal })
    const answer = found()
    if (answer !== undefined) return { answer }
  }
}

/** Undefined where the folder takes no lock: a request too many is better than a run that stops. */
function tryToLock(path: string) {
  try {
    return takeLock(path)
  } catch {
    return undefined
  }
}

function isForgotten(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs > forgottenMs
  } catch {
    return false
  }
}
