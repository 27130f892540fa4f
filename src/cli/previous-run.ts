import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Metadata } from '../metadata/schema.ts'
import type { RunRow } from '../report/runs/run-row.ts'
import { parseMetadataFileName } from './metadata-files.ts'
import { readRunRows } from './read-run-rows.ts'

/** Of a folder with many runs not all are read: the one before is among the latest. */
const mostFiles = 40

/**
 * The run of the same task before one, from the files beside it: one that went to its end and asked models, a rehearsal for a
 * rehearsal. Undefined when there is none.
 */
export function previousRun(path: string, metadata: Metadata): RunRow | undefined {
  const own = parseMetadataFileName(path)
  if (own === undefined) return undefined
  const isRehearsal = metadata.aggregate_statistics.cost.status === 'simulated'
  const isBefore = (name: string) => {
    const other = parseMetadataFileName(name)
    if (other === undefined || other.task !== own.task || name === basename(path)) return false
    return other.startedAtMs < own.startedAtMs || (other.startedAtMs === own.startedAtMs && other.ordinal < own.ordinal)
  }
  const names = namesIn(dirname(path)).filter(isBefore)
  const latest = names.sort((a, b) => timestampOf(b).localeCompare(timestampOf(a))).slice(0, mostFiles)
  for (const name of latest) {
    const [row] = readRunRows([join(dirname(path), name)]).rows
    if (row === undefined || row.task !== metadata.execution.task_name) continue
    if (row.status !== 'complete' || row.requests === 0) continue
    if ((row.cost.status === 'simulated') === isRehearsal) return row
  }
  return undefined
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function timestampOf(name: string): string {
  return parseMetadataFileName(name)?.timestamp ?? ''
}
