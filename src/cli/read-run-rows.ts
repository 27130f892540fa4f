import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { type RunRow, readRunRow, rowPart } from '../report/run-row.ts'
import { isAlive } from '../runtime/run-owner.ts'

/** The totals of a run stand in the first 5 kB of its file; ten thousand beginnings are read in half a second. */
const beginningBytes = 8192

export interface RunRows {
  readonly rows: readonly RunRow[]
  /** Files that are no metadata files, though they have the name of one. */
  readonly unreadablePaths: readonly string[]
}

/** The rows of many runs. Of most files only the beginning is read, so that no index is needed that could be wrong. */
export function readRunRows(paths: readonly string[]): RunRows {
  const rows: RunRow[] = []
  const unreadablePaths: string[] = []
  const buffer = Buffer.alloc(beginningBytes)
  for (const path of paths) {
    const row = readRunRow(readRowValue(path, buffer), { path, isAlive })
    if (row === undefined) unreadablePaths.push(path)
    else rows.push(row)
  }
  return { rows, unreadablePaths }
}

function readRowValue(path: string, buffer: Buffer): unknown {
  try {
    const part = rowPart(readBeginning(path, buffer))
    return JSON.parse(part ?? readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

function readBeginning(path: string, buffer: Buffer): string {
  const file = openSync(path, 'r')
  try {
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, 0))
  } finally {
    closeSync(file)
  }
}
