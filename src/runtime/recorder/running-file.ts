import { rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { Metadata } from '../../metadata/schema.ts'
import { clearTimer, monotonicMs, setTimer } from '../clock.ts'
import { formatMetadata, type MetadataCollector } from '../collector/metadata-collector.ts'
import { fileMode } from '../files/file-mode.ts'
import { writeAtomic, writeAtomicSync } from '../files/write-atomic.ts'
import { inBackground } from '../in-background.ts'

const everyMs = 2_000
/** A run in which nothing happens says only now and then that it is alive. */
const idleMs = 30_000
/** Of a run with many samples the summary takes a while: it may take no more than this share of the time. */
const maxShare = 0.01
/** What is kept free for the last file of a run, and for the last lines of its ledger. */
const leastReserveBytes = 64 * 1024
/** Checkpoints may follow each other faster than anybody can read. */
const minMs = 250

interface RunningFileOptions {
  readonly collector: MetadataCollector
  readonly path: string
  /** Brings rows and events to the disk itself, every two seconds, and before the file is written then. */
  readonly sync: () => Promise<void>
  /** Keeps room on the disk for the file, in a file beside it, so that a full disk does not leave an account that is old. */
  readonly hasReserve?: boolean
  /** False once the file is another process's. */
  readonly isOurs: () => boolean
  /** What the file says; by default what the collector has seen. */
  readonly metadata?: () => Metadata
  /** Learns what others have done; gives whether there was something. */
  readonly refresh?: () => Promise<boolean>
}

/** Keeps the metadata file of a run up to date while the run goes on, so that others can watch it. */
export class RunningFile {
  readonly #options: RunningFileOptions
  readonly #unsubscribe: () => void
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #hasNews = true
  #isUnsynced = true
  #isStopped = false
  /** Monotonic milliseconds at which the last write ended. */
  #writtenAt = Number.NEGATIVE_INFINITY
  /** How long a write takes; the first does not tell, since all that it needs is loaded for it. */
  #tookMs = 0
  #wasOurs = true
  #reservedBytes = 0

  constructor(options: RunningFileOptions) {
    this.#options = options
    this.#unsubscribe = options.collector.onEvent(() => {
      this.#hasNews = true
      this.#isUnsynced = true
    })
  }

  /** Writes the file for the first time, and then every few seconds. */
  async start(): Promise<void> {
    await this.#write()
    this.#schedule()
  }

  /** Writes the file out of turn, unless that was done just now. What fails is tried again the next time. */
  async checkpoint(): Promise<void> {
    const sinceMs = monotonicMs() - this.#writtenAt
    if (!this.#isStopped && sinceMs >= Math.max(minMs, this.#tookMs / maxShare)) await this.#write()
  }

  /** Writes the file for the last time, and to the disk itself; nothing is written after it. */
  async finish(): Promise<void> {
    this.stop()
    await this.#writing
    this.giveUpReserve()
    await writeAtomic(this.#options.path, this.#text(), { isSynced: true })
  }

  /** Writes the file now, for moments in which nothing can be awaited. */
  saveSync(): void {
    if (!this.#options.isOurs()) return
    this.giveUpReserve()
    writeAtomicSync(this.#options.path, this.#text())
  }

  /** Gives the room that was kept back to the disk. */
  giveUpReserve(): void {
    this.#reservedBytes = 0
    try {
      rmSync(reservePathOf(this.#options.path), { force: true })
    } catch {}
  }

  /** Writes nothing any more by itself. */
  stop(): void {
    this.#isStopped = true
    this.#unsubscribe()
    clearTimer(this.#timer)
  }

  #write(): Promise<void> {
    this.#writing ??= this.#writeOnce().finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  async #writeOnce(): Promise<void> {
    if (!this.#options.isOurs()) return
    const startedAt = monotonicMs()
    this.#hasNews = false
    try {
      await this.#options.refresh?.()
      const text = this.#text()
      await writeAtomic(this.#options.path, text)
      await this.#reserve(2 * text.length)
    } catch {
      this.#hasNews = true
    }
    const isFirst = this.#writtenAt === Number.NEGATIVE_INFINITY
    this.#writtenAt = monotonicMs()
    this.#tookMs = isFirst ? 0 : this.#writtenAt - startedAt
  }

  async #reserve(bytes: number): Promise<void> {
    const wanted = Math.max(leastReserveBytes, bytes)
    if (this.#options.hasReserve !== true || this.#isStopped || wanted <= this.#reservedBytes) return
    await writeFile(reservePathOf(this.#options.path), Buffer.alloc(wanted), { mode: fileMode() })
    this.#reservedBytes = wanted
  }

  #text(): string {
    const { collector, metadata = () => collector.getMetadataSummary() } = this.#options
    return formatMetadata(metadata())
  }

  #schedule(): void {
    if (!this.#isStopped) this.#timer = setTimer(() => inBackground(this.#turn()), everyMs).unref()
  }

  async #turn(): Promise<void> {
    const isDue = await this.#isDue()
    if (isDue || this.#isUnsynced) {
      this.#isUnsynced = false
      await this.#options.sync().catch(() => {})
    }
    if (isDue && !this.#isStopped) await this.#write()
    this.#schedule()
  }

  async #isDue(): Promise<boolean> {
    const { isOurs, refresh } = this.#options
    const wasOurs = this.#wasOurs
    this.#wasOurs = isOurs()
    if (!this.#wasOurs) return false
    // Whoever had it until now was killed, or has ended: its file may be old.
    if (!wasOurs) return true
    const sinceMs = monotonicMs() - this.#writtenAt
    if (sinceMs < this.#tookMs / maxShare) return false
    const hasNews = await refresh?.().catch(() => false)
    return this.#hasNews || hasNews === true || sinceMs >= idleMs
  }
}

/** The file that keeps room for a metadata file; a process that was killed leaves it behind. */
export function reservePathOf(metadataPath: string): string {
  return `${metadataPath}.reserve.tmp`
}
