import type { AttemptEnd, ObservedAttempt } from './attempt.ts'
import { wireState } from './wire-state.ts'

/** How many attempts of a run are in flight. */
export function countOpenAttempts(runId: string): number {
  let count = 0
  for (const attempt of wireState().open) if (attempt.scope.collector.runId === runId) count += 1
  return count
}

/** Ends the attempts of a run whose bodies nobody has read to the end, and tells of deferred work that nobody read
 * and of agents and tools that have not ended.
 */
export function settleOpenAttempts(runId: string): void {
  for (const attempt of wireState().open) {
    if (attempt.scope.collector.runId !== runId) continue
    try {
      attempt.settle()
    } catch {}
  }
  try {
    const { deferred, frameworks } = wireState()
    deferred.noteUnread(runId)
    frameworks.settle(runId)
  } catch {}
}

/** Ends an attempt; a fault of the observer stays within. */
export function endSafely(attempt: ObservedAttempt, end: AttemptEnd): void {
  try {
    attempt.end(end)
  } catch {}
}

/**
 * Records that an attempt is about to be sent, where a ledger keeps the run: should the process die, the ledger tells that
 * somebody may have been charged. An attempt whose body is still being made is announced when its model is known.
 *
 * Gives a promise to wait for before sending only to a node of a workflow, many of which are written together: for all
 * others it is in the file when this returns, or gathered with what comes at the same time.
 */
export function announce(attempt: ObservedAttempt): Promise<void> | undefined {
  const { collector, operation } = attempt.scope
  try {
    collector.prepare()
    const { ledger } = collector
    if (ledger === undefined || attempt.hasEnded || !attempt.isBodyKnown) return undefined
    attempt.announce()
    if (!ledger.isBehind) return undefined
    if (operation !== undefined) return ledger.kept().catch(() => {})
    if (!collector.isGathering) ledger.flushSync()
  } catch {}
  return undefined
}
