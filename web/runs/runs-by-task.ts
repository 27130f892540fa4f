import type { RunRow } from '../../src/report/runs/run-row.ts'

/** The runs of each task; tasks and runs in the order they come in. */
export function runsByTask(rows: readonly RunRow[]): ReadonlyMap<string, readonly RunRow[]> {
  const byTask = new Map<string, RunRow[]>()
  for (const row of rows) {
    const runs = byTask.get(row.task)
    if (runs === undefined) byTask.set(row.task, [row])
    else runs.push(row)
  }
  return byTask
}
