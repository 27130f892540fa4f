import { SygraError } from '../../errors.ts'
import type { BatchSettings } from './batch-desk.ts'

/** Whether calls are handed in as batches, and how long these are waited for. */
export type BatchChoice =
  | boolean
  | {
      /** What has not come after so many seconds is cancelled; a day by default, which is what providers allow themselves. */
      readonly waitSeconds?: number
      /** What was not done in time: `leave` it for a later session (default), or ask at once at the `standard` price. */
      readonly late?: 'leave' | 'standard'
      /** The longest pause between two looks at a batch, in seconds; 30 by default. */
      readonly pollSeconds?: number
    }

const day = 86_400

/**
 * How a run hands calls in.
 *
 * @throws SygraError `bad_argument` that names what is wrong.
 */
export function batchSettingsOf(choice: BatchChoice | undefined): BatchSettings {
  const { waitSeconds = day, late = 'leave', pollSeconds = 30 } = typeof choice === 'object' ? choice : {}
  if (!(waitSeconds > 0)) throw wrong('waitSeconds', 'seconds, more than 0', waitSeconds)
  if (!(pollSeconds > 0)) throw wrong('pollSeconds', 'seconds, more than 0', pollSeconds)
  if (late !== 'leave' && late !== 'standard') throw wrong('late', 'leave or standard', late)
  const isForAll = choice !== undefined && choice !== false
  return { isForAll, waitSeconds, pollSeconds, asksLateNow: late === 'standard' }
}

function wrong(name: string, expected: string, found: unknown): SygraError {
  return new SygraError('bad_argument', `batchApi.${name}: found ${String(found)}; expected ${expected}`)
}
