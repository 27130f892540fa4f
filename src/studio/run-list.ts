import type { RunRow } from '../report/runs/run-row.ts'
import type { RunsAnswer } from './api.ts'
import type { RunFiles } from './run-files.ts'
import { checkRunKey, runKeyOf } from './run-path.ts'

interface Known {
  readonly mtimeMs: number
  readonly size: number
  /** Undefined for a file that is no metadata. */
  readonly row: RunRow | undefined
}

export interface RunListOptions {
  readonly directory: string
  readonly files: RunFiles
  readonly nowMs: () => number
}

/** Asking the disk for one file after the other takes several times as long. */
const checkedAtOnce = 200

/** The list may be so old: several pages that ask at once share it. */
const maxAgeMs = 700

/** The list of runs, kept in memory: a file that has not changed is not read again. */
export class RunList {
  readonly #options: RunListOptions
  readonly #known = new Map<string, Known>()
  #changes = 0
  #answer: { readonly atMs: number; readonly answer: Promise<RunsAnswer> } | undefined

  constructor(options: RunListOptions) {
    this.#options = options
  }

  /** The runs, the latest first. */
  runs(): Promise<RunsAnswer> {
    const atMs = this.#options.nowMs()
    if (this.#answer === undefined || atMs - this.#answer.atMs > maxAgeMs) this.#answer = { atMs, answer: this.#read() }
    return this.#answer.answer
  }

  /** What changes when a run comes, goes or moves on. */
  async version(): Promise<string> {
    const { rows, refused } = await this.runs()
    return `${this.#changes} ${rows.length} ${refused.length}`
  }

  /** The row with its key instead of its path. */
  withKey(row: RunRow): RunRow {
    return { ...row, path: runKeyOf(this.#options.directory, row.path) }
  }

  async #read(): Promise<RunsAnswer> {
    const { directory, files } = this.#options
    const paths = await files.find()
    const refused: { key: string; reason: string }[] = []
    const rows: RunRow[] = []
    for (let start = 0; start < paths.length; start += checkedAtOnce) {
      const keys = paths.slice(start, start + checkedAtOnce).map((path) => runKeyOf(directory, path))
      const checks = await Promise.all(keys.map((key) => checkRunKey(directory, key)))
      checks.forEach((checked, index) => {
        const key = keys[index] ?? ''
        if ('refusal' in checked) {
          refused.push({ key, reason: checked.refusal })
          return
        }
        const row = this.#row(checked)
        if (row === undefined) refused.push({ key, reason: 'it cannot be read as a metadata file' })
        else rows.push(this.withKey(row))
      })
    }
    this.#forget(new Set(paths))
    rows.sort((a, b) => b.startedAtMs - a.startedAtMs || (a.path < b.path ? 1 : -1))
    return { directory, rows, refused }
  }

  #row({ path, mtimeMs, size }: { path: string; mtimeMs: number; size: number }): RunRow | undefined {
    const known = this.#known.get(path)
    const isRunning = known?.row?.status === 'running'
    // Whether the process of a running run still lives, its file does not tell.
    if (known?.mtimeMs === mtimeMs && known.size === size && !isRunning) return known.row
    const [row] = this.#options.files.readRows([path])
    const isNews = known?.mtimeMs !== mtimeMs || known.size !== size || known.row?.status !== row?.status
    if (isNews) this.#changes += 1
    this.#known.set(path, { mtimeMs, size, row })
    return row
  }

  #forget(present: ReadonlySet<string>): void {
    for (const path of this.#known.keys()) if (!present.has(path)) this.#known.delete(path)
  }
}
