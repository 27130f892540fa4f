import { basename, dirname, join } from 'node:path'
import type { Metadata } from '../../metadata/schema.ts'
import { canBeBefore, type RunRow } from '../../report/runs/run-row.ts'
import { namesIn } from '../../runtime/files/names-in.ts'
import { latestFirst, parseMetadataFileName } from './metadata-files.ts'
import { readRunRows } from './read-run-rows.ts'

/** Of a folder with many runs not all are read: the one before is among the latest. */
const mostFiles = 40

/** The run of the same task before one, from the files beside it. Undefined when there is none. */
export function previousRun(path: string, { execution, aggregate_statistics }: Metadata): RunRow | undefined {
  const own = parseMetadataFileName(path)
  if (own === undefined) return undefined
  const compared = { task: execution.task_name, cost: aggregate_statistics.cost }
  const before = namesIn(dirname(path))
    .flatMap((name) => {
      const parsed = name === basename(path) ? undefined : parseMetadataFileName(name)
      return parsed?.task === own.task && latestFirst(own, parsed) < 0 ? [{ name, ...parsed }] : []
    })
    .sort(latestFirst)
  for (const { name } of before.slice(0, mostFiles)) {
    const [row] = readRunRows([join(dirname(path), name)]).rows
    if (row !== undefined && canBeBefore(row, compared)) return row
  }
  return undefined
}
