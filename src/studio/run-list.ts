import { lstat, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { canBeBefore, type RunRow } from '../report/runs/run-row.ts'
import type { RunsAnswer } from './api.ts'
import type { RunFiles } from './run-files.ts'
import { checkFile, checkRunFile, FolderChecks, isRunName, runKeyOf } from './run-path.ts'

interface Known {
  readonly mtimeMs: number
  readonly size: number
  /** Why it is not shown; undefined for a run. */
  readonly refusal?: string
  readonly row?: RunRow
  /** Its models are those of the file as it was before: they stand until the file was read again. */
  readonly hasOldModels?: boolean
  /** The number of the change that brought it. */
  readonly change: number
}

export interface RunListOptions {
  readonly directory: string
  readonly files: RunFiles
  readonly nowMs: () => number
}

/** The list may be so old: several pages that ask at once share it. */
const maxAgeMs = 700
/** Asking the disk for one file after the other takes several times as long. */
const checkedAtOnce = 200
/** Of more files than these a list is given as soon as its first part is there. */
const largeCount = 500
/**
 * Files are written anew under another name and renamed: a folder that has not changed holds what it held. All the same, all
 * files are looked at for this share of the time.
 */
const scanShare = 0.02
/** New folders are looked for during this share of the time at most: it is what a run in a new place waits for. */
const walkShare = 0.1
/** A file that changed later than this is asked again in a folder that changed. */
const restlessMs = 3_600_000
/** Who has not asked for more changes than these gets the whole list. */
const keptRemovals = 1_000

/**
 * The list of runs, kept in memory: a file that has not changed is not read again, and who has the list is told what has
 * changed since. All files are looked at for a fiftieth of the time; between these looks only folders are, and places that
 * had no run yet.
 */
export class RunList {
  readonly #options: RunListOptions
  readonly #known = new Map<string, Known>()
  #folders = new Map<string, number>()
  /** Counted from the time at which the list began, so that a page's number of another server's list is none of this one. */
  #change: number
  #removals: { readonly change: number; readonly key: string }[] = []
  #forgottenUpTo: number
  #lastScan: { readonly endedAtMs: number; readonly tookMs: number } | undefined
  #scanning: Promise<void> | undefined
  /** The next time at which places without a run are looked at; never while they are. */
  #walksAtMs = Number.NEGATIVE_INFINITY
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #looking: Promise<void> | undefined
  /** Done when there are many runs and the first of them can be shown. */
  readonly #firstRuns: Promise<void>
  #showFirstRuns: () => void = () => {}
  #modelsOf: Promise<void> | undefined

  constructor(options: RunListOptions) {
    this.#options = options
    this.#change = options.nowMs()
    this.#forgottenUpTo = this.#change
    this.#firstRuns = new Promise((resolve) => {
      this.#showFirstRuns = resolve
    })
  }

  /** The runs, the latest first; with the number of a change that is known, only what has changed since. */
  async runs(since?: number): Promise<RunsAnswer> {
    await this.#look()
    if (this.#lastScan !== undefined) this.#readModelsSoon()
    const isWhole = this.#lastScan !== undefined
    const { directory } = this.#options
    const isDelta = since !== undefined && since >= this.#forgottenUpTo && since <= this.#change
    const all = [...this.#known]
    const rows = all.flatMap(([, { row, change }]) => (row !== undefined && (!isDelta || change > since) ? [row] : []))
    rows.sort((a, b) => b.startedAtMs - a.startedAtMs || (a.path < b.path ? 1 : -1))
    const refused = all.flatMap(([path, { refusal }]) =>
      refusal === undefined ? [] : [{ key: runKeyOf(directory, path), reason: refusal }],
    )
    const removed = isDelta ? this.#removals.flatMap(({ change, key }) => (change > since ? [key] : [])) : []
    return { directory, version: this.#change, isWhole, isDelta, rows, removed, refused }
  }

  /** What changes when a run comes, goes or moves on. */
  async version(): Promise<string> {
    await this.#look()
    return `${this.#change} ${this.#lastScan === undefined ? 'part' : 'whole'}`
  }

  /** The run of the same task before one, of the same kind: rehearsals are compared with rehearsals. */
  async previousOf(row: RunRow): Promise<RunRow | undefined> {
    await this.#look()
    await this.#scanning
    let found: RunRow | undefined
    for (const { row: other } of this.#known.values()) {
      if (other === undefined || other.path === row.path || other.startedAtMs >= row.startedAtMs) continue
      if (!canBeBefore(other, row)) continue
      if (found === undefined || other.startedAtMs > found.startedAtMs) found = other
    }
    return found
  }

  /** The row with its key instead of its path. */
  withKey(row: RunRow): RunRow {
    return { ...row, path: runKeyOf(this.#options.directory, row.path) }
  }

  #look(): Promise<void> {
    if (this.#looking !== undefined) return this.#looking
    const now = this.#options.nowMs()
    if (now - this.#lookedAtMs < maxAgeMs) return Promise.resolve()
    this.#lookedAtMs = now
    this.#looking = this.#lookNow(now).finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #lookNow(now: number): Promise<void> {
    const last = this.#lastScan
    if (last === undefined || now - last.endedAtMs > last.tookMs / scanShare) {
      this.#scanning ??= this.#scan().finally(() => {
        this.#scanning = undefined
      })
    }
    if (this.#scanning === undefined) {
      // Nobody waits for it: what it finds is in the next look. What goes wrong in it the next whole look tells.
      if (now >= this.#walksAtMs) void this.#lookForFolders().catch(() => {})
      return this.#lookAtFolders()
    }
    await Promise.race([this.#scanning, this.#firstRuns])
  }

  /** Looks at every file. */
  async #scan(): Promise<void> {
    const { files, nowMs } = this.#options
    const startedAtMs = nowMs()
    const paths = [...(await files.find())].sort(byTimeInName)
    const checks = new FolderChecks(this.#options.directory)
    const folders = await mtimesOf([...new Set(paths.map((path) => dirname(path)))])
    // The latest come first: with them the page can begin.
    await this.#checkAll(paths, checks, () => {
      if (paths.length > largeCount) this.#showFirstRuns()
    })
    const present = new Set(paths)
    for (const path of this.#known.keys()) if (!present.has(path)) this.#forget(path)
    this.#folders = folders
    const endedAtMs = nowMs()
    this.#lastScan = { endedAtMs, tookMs: Math.max(1, endedAtMs - startedAtMs) }
  }

  /** Looks for runs in folders that had none, or were not there. */
  async #lookForFolders(): Promise<void> {
    const { directory, files, nowMs } = this.#options
    const startedAtMs = nowMs()
    this.#walksAtMs = Number.POSITIVE_INFINITY
    try {
      const paths = (await files.find()).filter((path) => !this.#folders.has(dirname(path)))
      await this.#checkAll(paths, new FolderChecks(directory))
      // Unlike any time: the next look reads them.
      for (const path of paths) this.#folders.set(dirname(path), Number.NaN)
    } finally {
      const endedAtMs = nowMs()
      this.#walksAtMs = endedAtMs + (endedAtMs - startedAtMs) / walkShare
    }
  }

  /** Looks at what is in folders that have changed, and at runs that may move. */
  async #lookAtFolders(): Promise<void> {
    const { directory, nowMs } = this.#options
    const now = await mtimesOf([...this.#folders.keys()])
    const checks = new FolderChecks(directory)
    const restless = [...this.#known].filter(([, { row }]) => row?.status === 'running').map(([path]) => path)
    const paths = new Set(restless)
    for (const [folder, mtimeMs] of now) {
      if (this.#folders.get(folder) === mtimeMs) continue
      const names = new Set((await readdir(folder).catch(() => [])).filter(isRunName))
      for (const [path, { mtimeMs: changedAtMs }] of this.#known) {
        if (dirname(path) !== folder) continue
        if (!names.delete(basename(path))) this.#forget(path)
        else if (nowMs() - changedAtMs < restlessMs) paths.add(path)
      }
      for (const name of names) paths.add(join(folder, name))
      // What is written in the same moment would go unseen.
      this.#folders.set(folder, nowMs() - mtimeMs < 100 ? Number.NaN : mtimeMs)
    }
    await this.#checkAll([...paths], checks)
  }

  async #checkAll(paths: readonly string[], checks: FolderChecks, onPart: () => void = () => {}): Promise<void> {
    for (let start = 0; start < paths.length; start += checkedAtOnce) {
      await Promise.all(paths.slice(start, start + checkedAtOnce).map((path) => this.#check(path, checks)))
      onPart()
      await nextTurn()
    }
  }

  async #check(path: string, checks: FolderChecks): Promise<void> {
    const known = this.#known.get(path)
    const checked = await checkRunFile(path, checks)
    if ('refusal' in checked) {
      if (known?.refusal !== checked.refusal) this.#set(path, { mtimeMs: 0, size: 0, refusal: checked.refusal })
      return
    }
    const { mtimeMs, size } = checked
    const isSame = known?.mtimeMs === mtimeMs && known.size === size
    // Whether the process of a running run still lives, its file does not tell.
    if (isSame && known.row?.status !== 'running') return
    const [row] = this.#options.files.readRows([path])
    if (row === undefined) {
      if (!isSame) this.#set(path, { mtimeMs, size, refusal: 'it cannot be read as a metadata file' })
    } else if (!isSame || known.row?.status !== row.status) {
      const newest = row.status === 'dead' ? await this.#newestRow(row) : row
      const oldModels = newest.models === undefined ? known?.row?.models : undefined
      const models = oldModels === undefined ? {} : { models: oldModels }
      const hasOldModels = oldModels !== undefined
      this.#set(path, { mtimeMs, size, row: { ...this.withKey(newest), ...models }, hasOldModels })
    }
  }

  async #newestRow(row: RunRow): Promise<RunRow> {
    const { directory, files } = this.#options
    const ledger = await checkFile(directory, files.ledgerPathOf(row.path))
    return 'path' in ledger ? files.newestRow(row) : row
  }

  #readModelsSoon(): void {
    this.#modelsOf ??= this.#readModels().finally(() => {
      this.#modelsOf = undefined
    })
  }

  /** What each run spent at which model is in the rest of its file, which is read when there is time. */
  async #readModels(): Promise<void> {
    for (const [path, known] of this.#known) {
      const { row, hasOldModels } = known
      if (row === undefined || (row.models !== undefined && !hasOldModels)) continue
      const models = await this.#options.files.readModels(path)
      // It may have been written anew meanwhile.
      if (this.#known.get(path) === known) this.#set(path, { ...known, row: { ...row, models }, hasOldModels: false })
    }
  }

  #set(path: string, known: Omit<Known, 'change'>): void {
    this.#change += 1
    if (known.row === undefined && this.#known.get(path)?.row !== undefined) this.#remove(path)
    this.#known.set(path, { ...known, change: this.#change })
  }

  #forget(path: string): void {
    this.#known.delete(path)
    this.#change += 1
    this.#remove(path)
  }

  #remove(path: string): void {
    this.#removals.push({ change: this.#change, key: runKeyOf(this.#options.directory, path) })
    if (this.#removals.length <= keptRemovals) return
    this.#forgottenUpTo = this.#removals.shift()?.change ?? this.#change
  }
}

async function mtimesOf(folders: readonly string[]): Promise<Map<string, number>> {
  const pairs = await Promise.all(
    folders.map(async (folder) => {
      const status = await lstat(folder).catch(() => undefined)
      return [folder, status?.mtimeMs ?? -1] as const
    }),
  )
  return new Map(pairs)
}

/** The latest first, by the timestamp that names end with, so that a list that is given early begins as it should. */
function byTimeInName(a: string, b: string): number {
  const [first, second] = [timeInName(a), timeInName(b)]
  return first < second ? 1 : first > second ? -1 : 0
}

function timeInName(path: string): string {
  return /\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d/.exec(basename(path))?.[0] ?? ''
}
