import { formatMetadata, type MetadataCollector } from './metadata-collector.ts'
import { writeAtomic, writeAtomicSync } from './write-atomic.ts'

const everyMs = 2_000
// Of a run with many samples the summary takes a while: it may take no more than this share of the time.
const maxShare = 0.01

export interface SnapshotOptions {
  readonly collector: MetadataCollector
  readonly path: string
  /** Brings rows and events to the disk itself. */
  readonly sync: () => Promise<void>
  /** Leaves the file alone while nothing has happened since it was written. Default: false. */
  readonly onlyWithNews?: boolean
}

/** Keeps the metadata file of a run up to date while the run goes on, so that others can watch it. */
export class RunSnapshot {
  readonly path: string
  readonly #options: SnapshotOptions
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #isStopped = false
  #hasNews = true

  constructor(options: SnapshotOptions) {
    this.#options = options
    this.path = options.path
    if (options.onlyWithNews !== true) return
    options.collector.onEvent(() => {
      this.#hasNews = true
    })
  }

  /** Writes the file for the first time, and then every few seconds. */
  async start(): Promise<void> {
    await this.write()
    this.#schedule(everyMs)
  }

  /** Writes the file now. What fails is tried again the next time. */
  async write(): Promise<void> {
    if (this.#isStopped) return
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined
    })
    await this.#writing
  }

  /** Writes the file for the last time; nothing is written after it. */
  async finish(): Promise<void> {
    await this.stop()
    await writeAtomic(this.path, this.#text())
  }

  /** As `finish`, for moments in which nothing can be awaited. */
  finishSync(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    this.writeSync()
  }

  /** Writes the file now, while nothing can be awaited. */
  writeSync(): void {
    writeAtomicSync(this.path, this.#text())
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#writing
  }

  async #write(): Promise<void> {
    try {
      await writeAtomic(this.path, this.#text())
    } catch {}
  }

  #text(): string {
    return formatMetadata(this.#options.collector.getMetadataSummary())
  }

  #schedule(milliseconds: number): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => void this.#writeAndSchedule(), milliseconds).unref()
  }

  async #writeAndSchedule(): Promise<void> {
    if (this.#options.onlyWithNews === true && !this.#hasNews) {
      this.#schedule(everyMs)
      return
    }
    this.#hasNews = false
    const startedAt = performance.now()
    await this.#options.sync().catch(() => {})
    const writeStartedAt = performance.now()
    await this.write()
    const tookMs = performance.now() - writeStartedAt
    this.#schedule(Math.max(everyMs, tookMs / maxShare, performance.now() - startedAt))
  }
}
