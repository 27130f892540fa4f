import type { StopReason } from '../../workflow/run/run-options.ts'

/** The first signal that comes again so soon is the same one, sent to the process and passed on by its parent. */
const sameSignalMs = 300

/** The exit codes that say by which signal a process ended: 128 and its number. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** A signal that asks a process to end; SIGHUP is sent when the terminal is closed. */
type StopSignal = keyof typeof exitCodes

/** What is told of a signal. */
interface StopRequest {
  readonly signal: StopSignal
  /** What a process that was ended by it exits with. */
  readonly exitCode: number
}

/**
 * Hears SIGINT, SIGTERM and SIGHUP: the first, and each that comes after it. Gives what stops the hearing; after that they end
 * the process as ever.
 */
export function onStopSignals({
  onFirst,
  onAgain,
}: {
  readonly onFirst: (request: StopRequest) => void
  readonly onAgain: (request: StopRequest) => void
}): () => void {
  let first: { readonly signal: string; readonly at: number } | undefined
  const take = (signal: StopSignal): void => {
    const request = { signal, exitCode: exitCodes[signal] }
    if (first === undefined) {
      first = { signal, at: performance.now() }
      onFirst(request)
    } else if (signal !== first.signal || performance.now() - first.at > sameSignalMs) onAgain(request)
  }
  const signals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, take)
  return () => {
    for (const signal of signals) process.off(signal, take)
  }
}

export interface RunSignals {
  /** Aborted at the first SIGINT, SIGTERM or SIGHUP, which is sent when the terminal is closed. */
  readonly stop: AbortSignal
  /** 128 and its number once there was a signal. */
  readonly exitCode: () => number | undefined
  readonly dispose: () => void
}

interface RunSignalOptions {
  /** A signal, or SIGPIPE when whoever reads the rows has gone away. */
  readonly onFirst: (signal: string) => void
  readonly saveNow: (reason: string) => void
  /** Where the rows go, if that is no file. */
  readonly rowsTo?: NodeJS.WriteStream
}

/** What a process exits with that a closed pipe has ended: 128 and the number of SIGPIPE. */
const closedPipe = 141

/**
 * The first SIGINT, SIGTERM or SIGHUP asks the run to stop; the second saves what is known and ends the process. Rows that
 * nobody reads any more stop it as well: each would be paid for and lost.
 */
export function listenForSignals({ onFirst, saveNow, rowsTo }: RunSignalOptions): RunSignals {
  const controller = new AbortController()
  let stoppedBy: number | undefined
  const onClosed = ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE' || stoppedBy !== undefined) return
    stoppedBy = closedPipe
    onFirst('SIGPIPE')
    controller.abort('whoever read its rows has gone away')
  }
  rowsTo?.on('error', onClosed)
  const stopListening = onStopSignals({
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
  const dispose = () => {
    stopListening()
    rowsTo?.off('error', onClosed)
  }
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
