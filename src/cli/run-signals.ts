import type { StopReason } from '../workflow/run/run-options.ts'
import { onStopSignals } from './stop-signals.ts'

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
  let stoppedBy: number | undefined
  const dispose = onStopSignals({
    onFirst({ signal, exitCode }) {
      stoppedBy = exitCode
      onFirst(signal)
      controller.abort(`it was stopped by ${signal}`)
    },
    onAgain({ signal, exitCode }) {
      stoppedBy = exitCode
      saveNow(`it was stopped at once by ${signal}`)
      process.exit(exitCode)
    },
  })
  return { stop: controller.signal, exitCode: () => stoppedBy, dispose }
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
