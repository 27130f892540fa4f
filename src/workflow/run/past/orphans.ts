import { setTimeout as wait } from 'node:timers/promises'
import { SygraError } from '../../../errors.ts'
import { isAlive } from '../../../runtime/files/run-owner.ts'
import type { LedgerFold } from '../../../runtime/ledger/fold-ledger.ts'

/** Longer than the grace that they give what they have in work. */
const mostSeconds = 90

/** Child processes of a run that has died which have not ended: they still write what they had under way into their ledgers. */
export function orphansOf({ totals }: Pick<LedgerFold, 'totals'>): number[] {
  return [...totals.workers.values()].flatMap(({ start, end }) => {
    if (start?.transport !== 'process' || end !== undefined) return []
    const { pid, host } = start.environment
    return pid !== undefined && isAlive({ pid, host, startedAtMs: start.startedAtMs }) ? [pid] : []
  })
}

/**
 * Waits until such processes have ended.
 *
 * @throws SygraError `run_locked` when they do not.
 */
export async function awaitOrphans(fold: Pick<LedgerFold, 'totals'>, ledgerPath: string): Promise<void> {
  for (let waited = 0; ; waited += 0.1) {
    const pids = orphansOf(fold)
    if (pids.length === 0) return
    if (waited >= mostSeconds) {
      throw new SygraError(
        'run_locked',
        `${ledgerPath}: workers of the run are still there, though it has died (process ${pids.join(', ')}); end them, then try again`,
      )
    }
    await wait(100)
  }
}
