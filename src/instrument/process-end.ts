/** How a process ends, as far as it is known. */
export interface ProcessEnd {
  /** False when a signal came that the program listens to: it may yet go on. */
  readonly isFinal: boolean
  readonly exitCode?: number
  /** The signal that ends it. */
  readonly signal?: NodeJS.Signals
  /** Name of the error that nobody caught. */
  readonly errorName?: string
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Calls a function at every kind of end that leaves time for it: the last of the work, `process.exit`, an error that nobody
 * caught, a signal. It may be called more than once, because a program may outlive a signal. Exit code and the effect of a
 * signal stay the program's own.
 */
export function onProcessEnd(tell: (end: ProcessEnd) => void): void {
  let lastSignal: NodeJS.Signals | undefined
  let errorName: string | undefined
  process.on('uncaughtExceptionMonitor', (error) => {
    errorName = error instanceof Error ? error.name : typeof error
  })
  process.on('exit', (exitCode) => {
    // A reload signal ends nothing: a program that goes on after it ends in its own way.
    const signal = lastSignal === 'SIGHUP' && exitCode === 0 ? undefined : lastSignal
    tellSafely(tell, { isFinal: true, exitCode, signal, errorName })
  })
  const onSignal = (signal: NodeJS.Signals) => {
    lastSignal = signal
    tellSafely(tell, { isFinal: process.listenerCount(signal) === 1, signal })
    // Away before the program's own listeners run: those that end the process only when nobody else listens must find
    // themselves alone, and without any the signal has to have the effect that it has without us.
    process.removeListener(signal, onSignal)
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
    else setImmediate(() => process.prependListener(signal, onSignal)).unref()
  }
  for (const signal of signals) process.prependListener(signal, onSignal)
}

// A file that cannot be written must not change how the program ends.
function tellSafely(tell: (end: ProcessEnd) => void, end: ProcessEnd): void {
  try {
    tell(end)
  } catch (error) {
    process.stderr.write(`sygra: no metadata written: ${error instanceof Error ? error.message : String(error)}\n`)
  }
}
