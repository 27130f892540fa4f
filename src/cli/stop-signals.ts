/** The first signal that comes again so soon is the same one, sent to the process and passed on by its parent. */
const sameSignalMs = 300

/** The exit codes that say by which signal a process ended: 128 and its number. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** A signal that asks a process to end; SIGHUP is sent when the terminal is closed. */
export type StopSignal = keyof typeof exitCodes

/** What is told of a signal. */
export interface StopRequest {
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
