import type { StopReason } from '../workflow/run/run-options.ts'

/** The first signal that comes again so soon is the same one, sent to the process and passed on by its parent. */
const sameSignalMs = 300

const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

type StopSignal = keyof typeof exitCodes

export interface RunSignals {
  /** Aborted at the first SIGINT, SIGTERM or SIGHUP, which is sent when the terminal is closed. */
  readonly stop: AbortSignal
  /** 128 and its number once there was a signal. */
  readonly exitCode: () => number | undefined
  readonly dispose: () => void
}

/** The first SIGINT, SIGTERM or SIGHUP asks the run to stop; the second saves what is known and ends the process. */
export function listenForSignals({
  onFirst,
  saveNow,
}: {
  readonly onFirst: (signal: string) => void
  readonly saveNow: (reason: string) => void
}): RunSignals {
  const controller = new AbortController()
  let exitCode: number | undefined
  let first: { readonly signal: string; readonly at: number } | undefined

  const take = (signal: StopSignal): void => {
    if (first === undefined) {
      exitCode = exitCodes[signal]
      first = { signal, at: performance.now() }
      onFirst(signal)
      controller.abort(`it was stopped by ${signal}`)
    } else if (signal !== first.signal || performance.now() - first.at > sameSignalMs) {
      exitCode = exitCodes[signal]
      saveNow(`it was stopped at once by ${signal}`)
      process.exit(exitCode)
    }
  }

  const signals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, take)
  return {
    stop: controller.signal,
    exitCode: () => exitCode,
    dispose: () => {
      for (const signal of signals) process.off(signal, take)
    },
  }
}

const stopCodes: Readonly<Record<StopReason['type'], number>> = {
  limit: 3,
  'model-down': 5,
  pause: 0,
  ledger: 1,
  taken: 1,
  signal: 1,
}

/** The exit code of a run that was stopped before its end; see docs/cli.md. */
export function stoppedExitCode(stopped: StopReason | undefined): number {
  return stopCodes[stopped?.type ?? 'signal']
}
