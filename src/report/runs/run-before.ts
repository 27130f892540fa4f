import type { RunRow } from './run-row.ts'

/** What of a run decides which runs it can be compared with. */
export type ComparedRun = Pick<RunRow, 'task' | 'cost'>

/** True where a run can stand for how it was before: of the same task, to its end, with models asked, a rehearsal for a rehearsal. */
export function canBeBefore(other: RunRow, { task, cost }: ComparedRun): boolean {
  if (other.task !== task || other.status !== 'complete' || other.requests === 0) return false
  return (other.cost.status === 'simulated') === (cost.status === 'simulated')
}
