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

/** Who hears of the end of the process. */
export interface EndListener {
  /** May be called more than once, because a program may outlive a signal. */
  end(end: ProcessEnd): void
  /** The program goes on after a signal. */
  goOn(): void
}

/**
 * Tells of every kind of end that leaves time for it: the last of the work, `process.exit`, an error that nobody caught, a signal.
 * Exit code and the effect of a signal stay the program's own.
 */
export function onProcessEnd(listener: EndListener): void {
  let lastSignal: NodeJS.Signals | undefined
  let errorName: string | undefined
  process.on('uncaughtExceptionMonitor', (error) => {
    errorName = error instanceof Error ? error.name : typeof error
  })
  process.on('exit', (exitCode) => {
    // A reload signal ends nothing: a program that goes on after it ends in its own way.
    const signal = lastSignal === 'SIGHUP' && exitCode === 0 ? undefined : lastSignal
    tellSafely(listener, { isFinal: true, exitCode, signal, errorName })
  })
  const onSignal = (signal: NodeJS.Signals) => {
    lastSignal = signal
    tellSafely(listener, { isFinal: process.listenerCount(signal) === 1, signal })
    // Away before the program's own listeners run: those that end the process only when nobody else listens must find
    // themselves alone, and without any the signal has to have the effect that it has without us.
    process.removeListener(signal, onSignal)
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
    else
      setImmediate(() => {
        process.prependListener(signal, onSignal)
        listener.goOn()
      }).unref()
  }
  for (const signal of signals) process.prependListener(signal, onSignal)
}

// A file that cannot be written must not change how the program ends.
function tellSafely(listener: EndListener, end: ProcessEnd): void {
  try {
    listener.end(end)
  } catch (error) {
    process.stderr.write(`sygra: no metadata written: ${error instanceof Error ? error.message : String(error)}\n`)
  }
}
