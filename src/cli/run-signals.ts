import type { StopReason } from '../workflow/run/run-options.ts'

/** The first signal that comes again so soon is the same one, sent to the process and passed on by its parent. */
const sameSignalMs = 300

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const

export interface RunSignals {
  /** Aborted at the first SIGINT or SIGTERM. */
  readonly stop: AbortSignal
  /** 130 or 143 once there was a signal. */
  readonly exitCode: () => number | undefined
  readonly dispose: () => void
}

/** The first SIGINT or SIGTERM asks the run to stop; the second saves what is known and ends the process. */
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

  function take(signal: 'SIGINT' | 'SIGTERM'): void {
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

  const onInterrupt = () => take('SIGINT')
  const onTerminate = () => take('SIGTERM')
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  return {
    stop: controller.signal,
    exitCode: () => exitCode,
    dispose: () => {
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onTerminate)
    },
  }
}

const stopCodes: Readonly<Record<StopReason['type'], number>> = {
  limit: 3,
  'model-down': 5,
  pause: 0,
  ledger: 1,
  signal: 1,
}

/** The exit code of a run that was stopped before its end; see docs/cli.md. */
export function stoppedExitCode(stopped: StopReason | undefined): number {
  return stopCodes[stopped?.type ?? 'signal']
}
