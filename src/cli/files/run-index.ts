import { createHash } from 'node:crypto'
import { readFileSync, type Stats } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import zlib from 'node:zlib'
import { type RunRow, runRowStatuses } from '../../report/runs/run-row.ts'
import { packageVersion } from '../../runtime/environment.ts'
import { writeAtomicSync } from '../../runtime/files/write-atomic.ts'

/** Fewer files are read faster than an index pays for. */
const leastFiles = 200

/** How a file was when its row was read: a file that was written since is another one. */
type Stamp = readonly [size: number, mtimeMs: number, ctimeMs: number]

/**
 * Rows of the runs under a directory, kept in the user's cache so that ten thousand files need not be read each time. It is
 * no second truth: a row counts only for a file that has not changed, and an index that is damaged, or of another version of
 * the package, is thrown away and built anew.
 */
export class RunIndex {
  readonly #path: string
  readonly #known: ReadonlyMap<string, { readonly stamp: Stamp; readonly row: RunRow }>
  readonly #kept = new Map<string, readonly [Stamp, RunRow]>()
  #isChanged = false

  constructor(path: string) {
    this.#path = path
    this.#known = readIndex(path)
  }

  /** The row of a file that is still as it was; undefined when it must be read. */
  find(path: string, status: Stats): RunRow | undefined {
    const found = this.#known.get(path)
    if (found === undefined || !isSame(found.stamp, stampOf(status))) return undefined
    this.#kept.set(path, [found.stamp, found.row])
    return found.row
  }

  /** Notes a row that was read. Whether a run still goes on must be asked each time: its row is not kept. */
  note(path: string, status: Stats, row: RunRow): void {
    if (row.status === 'running' || row.status === 'dead') return
    this.#kept.set(path, [stampOf(status), row])
    this.#isChanged = true
  }

  /** Writes what is known for the next time, without the files that are gone. An index that cannot be written is no fault. */
  save(): void {
    if (this.#kept.size < leastFiles || !(this.#isChanged || this.#kept.size < this.#known.size)) return
    const body = JSON.stringify({
      version: packageVersion(),
      rows: [...this.#kept].map(([path, kept]) => [path, ...kept]),
    })
    try {
      writeAtomicSync(this.#path, `${checksumOf(body)}\n${body}`)
    } catch {}
  }
}

/** Where the index of a directory is kept. */
export function runIndexPath(directory: string, environment: NodeJS.ProcessEnv = process.env): string {
  const cache = environment.XDG_CACHE_HOME || join(homedir(), '.cache')
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 16)
  return join(cache, 'sygra', `runs_${name}.json`)
}

function readIndex(path: string): Map<string, { stamp: Stamp; row: RunRow }> {
  try {
    const text = readFileSync(path, 'utf8')
    const end = text.indexOf('\n')
    const body = text.slice(end + 1)
    if (text.slice(0, end) !== checksumOf(body)) return new Map()
    return rowsOf(JSON.parse(body))
  } catch {
    return new Map()
  }
}

function rowsOf(value: unknown): Map<string, { stamp: Stamp; row: RunRow }> {
  const rows = new Map<string, { stamp: Stamp; row: RunRow }>()
  if (!isObject(value) || value.version !== packageVersion() || !Array.isArray(value.rows)) return rows
  for (const entry of value.rows) {
    const [path, stamp, row]: readonly unknown[] = Array.isArray(entry) ? entry : []
    if (typeof path === 'string' && isStamp(stamp) && isRunRow(row)) rows.set(path, { stamp, row })
  }
  return rows
}

function checksumOf(body: string): string {
  return zlib.crc32(body).toString(16)
}

function stampOf({ size, mtimeMs, ctimeMs }: Stats): Stamp {
  return [size, mtimeMs, ctimeMs]
}

function isSame(a: Stamp, b: Stamp): boolean {
  return a.every((value, index) => value === b[index])
}

function isStamp(value: unknown): value is Stamp {
  return Array.isArray(value) && value.length === 3 && value.every((part) => typeof part === 'number')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

// What this version wrote and nobody damaged: it is enough to see that it is of the kind.
function isRunRow(value: unknown): value is RunRow {
  if (!isObject(value) || !isObject(value.cost)) return false
  const numbers = ['startedAtMs', 'records', 'failedRecords', 'successRate', 'requests', 'totalTokens']
  return (
    typeof value.path === 'string' &&
    typeof value.task === 'string' &&
    runRowStatuses.some((status) => status === value.status) &&
    numbers.every((key) => typeof value[key] === 'number') &&
    typeof value.cost.total_cost_usd === 'number'
  )
}
