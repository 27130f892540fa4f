import { saveAtExit } from '../../runtime/recorder/exit-saves.ts'

/** How a process ends, as far as it is known. */
export interface ProcessEnd {
  readonly exitCode: number
  /** An error ends it that nobody caught. */
  readonly isUncaught: boolean
}

/**
 * Tells of an end that leaves time for it: the last of the work, `process.exit`, an error that nobody caught. A signal leaves
 * none unless the program itself handles it: whoever reads the account later finishes it. There is no listener for signals
 * and none for errors, because each of them would change how the program ends, and the one for `exit` is shared.
 *
 * Called again when what the program does at its exit changes the exit code after all.
 */
export function onProcessEnd(listener: (end: ProcessEnd) => void): void {
  saveAtExit((exitCode) => {
    const end = { exitCode, isUncaught: isEndedByError() }
    tellSafely(listener, end)
    if (process.listenerCount('exit') > 1) watchLastMoments(listener, end)
  })
}

/** Only the stack tells an error that nobody caught from an exit with the same code. */
function isEndedByError(): boolean {
  return /\bprocess\._fatalException\b/.test(new Error().stack ?? '')
}

/**
 * Hears of exit handlers after ours that throw, or that exit with another code. The listener is added when no code of the
 * program but its exit handlers will ever run again.
 */
function watchLastMoments(listener: (end: ProcessEnd) => void, told: ProcessEnd): void {
  let last = told
  const tell = (end: ProcessEnd) => {
    if (end.exitCode === last.exitCode && end.isUncaught === last.isUncaught) return
    last = end
    tellSafely(listener, end)
  }
  process.on('uncaughtExceptionMonitor', () => {
    const exitCode = Number(process.exitCode ?? 1)
    tell({ exitCode, isUncaught: exitCode !== 0 })
  })
  const reallyExit: unknown = Reflect.get(process, 'reallyExit')
  if (typeof reallyExit !== 'function') return
  Reflect.set(process, 'reallyExit', (exitCode: unknown) => {
    tell({ ...last, exitCode: Number(exitCode ?? 0) })
    return Reflect.apply(reallyExit, process, [exitCode])
  })
}

// A file that cannot be written must not change how the program ends.
function tellSafely(listener: (end: ProcessEnd) => void, end: ProcessEnd): void {
  try {
    listener(end)
  } catch (error) {
    process.stderr.write(`sygra: no metadata written: ${error instanceof Error ? error.message : String(error)}\n`)
  }
}
