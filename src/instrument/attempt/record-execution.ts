import { actorName } from '../../runtime/actors.ts'
import { monotonicSeconds } from '../../runtime/clock.ts'
import { thrownTypeOf } from './error-type.ts'
import type { FrameworkRun } from './framework-run.ts'

/** How an execution ended, as far as its framework tells. */
export type ExecutionEnd =
  /** `isUntimed`: which of several it is was not told. */
  | { readonly type: 'succeeded'; readonly isUntimed?: boolean }
  | { readonly type: 'failed'; readonly error: unknown }
  /** It ended, and how was not told. */
  | { readonly type: 'ended' }
  /** Its end was not told. */
  | { readonly type: 'left' }

/** Records the end of a framework's run, where it was an execution of an agent or of a tool. */
export function recordExecution(run: FrameworkRun, end: ExecutionEnd): void {
  const { executes, names, node, place, startedAt, span, execution, within } = run
  const errorType = end.type === 'failed' ? thrownTypeOf(end.error) : undefined
  const isUntimed = end.type === 'left' || (end.type === 'succeeded' && end.isUntimed === true)
  span?.end(errorType)
  const name = executes === undefined ? undefined : names?.[executes]
  if (executes === undefined || name === undefined) return
  place.collector.recordBeside({
    type: 'actor-end',
    kind: executes,
    name: actorName(name),
    node,
    recordId: place.record?.id,
    succeeded: end.type === 'succeeded' ? true : end.type === 'failed' ? false : undefined,
    durationSeconds: isUntimed ? undefined : monotonicSeconds() - startedAt,
    errorType,
    execution,
    within,
    isTraced: span === undefined ? undefined : true,
  })
}
