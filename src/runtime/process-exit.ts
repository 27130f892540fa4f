import { constants } from 'node:os'
import type { RunStatus } from '../metadata/event.ts'

/** How a process ended, as the account of what it did says it. */
export interface ProcessOutcome {
  readonly status: RunStatus
  /** Left out when all is well. */
  readonly reason?: string
}

/** Signals by which somebody ends a program on purpose; any other one that ends a process tells of a fault. */
const endingSignals: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGKILL', 'SIGTERM']

/** The reason in the account when an error that nobody caught ended the program. */
export const uncaughtReason = 'uncaught error'

/** What an exit code tells. Programs that handle a signal end with 128 and its number by convention. */
export function outcomeOfExitCode(exitCode: number): ProcessOutcome {
  if (exitCode === 0) return { status: 'complete' }
  const signal = endingSignals.find((name) => exitCode === 128 + constants.signals[name])
  return signal === undefined ? { status: 'failed', reason: `exit code ${exitCode}` } : outcomeOfSignal(signal)
}

/** What the signal that ended a process tells. */
export function outcomeOfSignal(signal: NodeJS.Signals): ProcessOutcome {
  return { status: endingSignals.includes(signal) ? 'interrupted' : 'failed', reason: signal }
}
