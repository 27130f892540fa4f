import { closeSync, openSync, readFileSync, readSync, type Stats, statSync } from 'node:fs'
import { type RunRow, readRunRow, rowPart } from '../../report/runs/run-row.ts'
import { isAlive } from '../../runtime/files/run-owner.ts'
import type { RunIndex } from './run-index.ts'

/** The totals of most runs stand in the first 8 kB of their files; a history of concurrency takes more. */
const beginningBytes = [8_192, 65_536]

export interface RunRows {
  readonly rows: readonly RunRow[]
  /** Files that are no metadata files, though they have the name of one. */
  readonly unreadablePaths: readonly string[]
}

/** The rows of many runs. Of most files only the beginning is read, and nothing of those that an index knows already. */
export function readRunRows(paths: readonly string[], index?: RunIndex): RunRows {
  const rows: RunRow[] = []
  const unreadablePaths: string[] = []
  const buffer = Buffer.alloc(Math.max(...beginningBytes))
  for (const path of paths) {
    const row = index === undefined ? readRow(path, buffer) : readIndexedRow(path, buffer, index)
    if (row === undefined) unreadablePaths.push(path)
    else rows.push(row)
  }
  index?.save()
  return { rows, unreadablePaths }
}

function readIndexedRow(path: string, buffer: Buffer, index: RunIndex): RunRow | undefined {
  let status: Stats
  try {
    // Asked before it is read: a file that is written meanwhile is then another one the next time.
    status = statSync(path)
  } catch {
    return undefined
  }
  const known = index.find(path, status)
  if (known !== undefined) return known
  const row = readRow(path, buffer)
  if (row !== undefined) index.note(path, status, row)
  return row
}

function readRow(path: string, buffer: Buffer): RunRow | undefined {
  try {
    const value: unknown = JSON.parse(readPart(path, buffer) ?? readFileSync(path, 'utf8'))
    return readRunRow(value, { path, isAlive })
  } catch {
    return undefined
  }
}

/** The part of the file that a row needs; undefined when its beginning does not show where that ends. */
function readPart(path: string, buffer: Buffer): string | undefined {
  const file = openSync(path, 'r')
  try {
    for (const length of beginningBytes) {
      const beginning = buffer.toString('utf8', 0, readSync(file, buffer, 0, length, 0))
      const part = rowPart(beginning)
      if (part !== undefined) return part
    }
    return undefined
  } finally {
    closeSync(file)
  }
}
