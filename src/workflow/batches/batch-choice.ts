import { SygraError } from '../../errors.ts'

/** How batches are waited for. */
export interface BatchSettings {
  /** True where every llm node is batched that can be; else those alone that say so. */
  readonly isForAll: boolean
  /** What has not come after so long is cancelled. */
  readonly waitSeconds: number
  /** What was not done in time is asked at once, at the usual price; else it is left for a later session. */
  readonly asksLateNow: boolean
  /** The longest pause between two looks. */
  readonly pollSeconds: number
}

/** Whether calls are handed in as batches, and how long these are waited for. */
export type BatchChoice =
  | boolean
  | {
      /** Of which nodes: `all` that can wait (default), or those alone that are `marked` by `batch: true`. */
      readonly nodes?: 'all' | 'marked'
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
  const {
    nodes = 'all',
    waitSeconds = day,
    late = 'leave',
    pollSeconds = 30,
  } = typeof choice === 'object' ? choice : {}
  if (nodes !== 'all' && nodes !== 'marked') throw wrong('nodes', 'all or marked', nodes)
  if (!(waitSeconds > 0)) throw wrong('waitSeconds', 'seconds, more than 0', waitSeconds)
  if (!(pollSeconds > 0)) throw wrong('pollSeconds', 'seconds, more than 0', pollSeconds)
  if (late !== 'leave' && late !== 'standard') throw wrong('late', 'leave or standard', late)
  const isForAll = choice !== undefined && choice !== false && nodes === 'all'
  return { isForAll, waitSeconds, pollSeconds, asksLateNow: late === 'standard' }
}

/** What holds for a run that is taken up: what is not said goes on as it was, and all nodes stay all nodes. */
export function choiceTakenUp(
  choice: BatchChoice | undefined,
  before: BatchChoice | undefined,
): BatchChoice | undefined {
  if (choice === undefined) return before
  if (typeof choice !== 'object' || before === undefined || before === false) return choice
  const earlier = before === true ? {} : before
  const said = Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== undefined))
  return { ...earlier, ...said, nodes: earlier.nodes === 'marked' ? choice.nodes : 'all' }
}

function wrong(name: string, expected: string, found: unknown): SygraError {
  return new SygraError('bad_argument', `batchApi.${name}: found ${String(found)}; expected ${expected}`)
}
