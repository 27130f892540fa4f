import { SygraError } from '../../errors.ts'
import { setSoon } from '../../runtime/clock.ts'
import type { RunOwner } from '../../runtime/files/run-owner.ts'
import type { RunFiles } from './run-files.ts'
import type { StopControl } from './stop-control.ts'

/** Whether a run is still this process's own. */
export interface RunHold {
  /**
   * True until another process has the run, which stops this one; puts back a lock that was removed. Asked before each
   * write: of two processes that write the rows of one run each would be there twice. Rows that are written in the same turn
   * of the event loop go into one write, for which the lock is read once.
   */
  readonly isOurs: () => boolean
  /** Why the run was given up; undefined while it is ours. */
  readonly loss: () => SygraError | undefined
}

/** Nobody can take a run that has no files. */
const alwaysOurs: RunHold = { isOurs: () => true, loss: () => undefined }

/** Holds on to a run by its lock. */
export function holdRun(files: RunFiles | undefined, stop: StopControl): RunHold {
  if (files === undefined) return alwaysOurs
  const { keepLock, ledgerPath } = files
  let loss: SygraError | undefined
  let isReadThisTurn = false
  return {
    isOurs() {
      if (loss !== undefined) return false
      if (isReadThisTurn) return true
      const owner = keepLock()
      if (owner === undefined) {
        isReadThisTurn = true
        setSoon(() => {
          isReadThisTurn = false
        })
        return true
      }
      loss = lossTo(owner, ledgerPath)
      stop.stop({ type: 'taken', message: loss.message })
      return false
    },
    loss: () => loss,
  }
}

function lossTo({ pid, host }: RunOwner, ledgerPath: string): SygraError {
  return new SygraError(
    'run_locked',
    `process ${pid} on ${host ?? 'this machine'} has taken the run while its lock was gone: this one has stopped and writes no more rows; what it has cost is in ${ledgerPath}`,
  )
}
