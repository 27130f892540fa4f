import { randomBytes } from 'node:crypto'
import { messageOf } from '../../errors.ts'
import { clearTimer, nowMs, setSoon, setTimer, within } from '../clock.ts'
import type { LedgerEntry } from './ledger-entry.ts'
import { type LedgerFile, ledgerFile } from './ledger-file.ts'
import { formatLedgerLine } from './ledger-line.ts'
import type { LedgerReport } from './ledger-reader.ts'
import { type OtherWriters, readOtherWriters } from './other-writers.ts'

/** An entry waits at most so long before it is written. */
const maxBehindMs = 250
const maxBehindBytes = 64 * 1024
/** What may gather while the disk is slow; beyond it the process waits for the disk. */
const maxPendingBytes = 8 * 1024 * 1024
/** How long after a failed write the next is tried. */
const retryMs = 1_000

export interface LedgerOptions {
  readonly path: string
  /** Of a ledger that is continued: what was read of it. */
  readonly past?: Pick<LedgerReport, 'lastSeq' | 'entries' | 'damagedLines' | 'missingEntries' | 'readBytes'>
  /** Called when the file cannot be opened or written, once until a write succeeds again. */
  readonly onProblem?: (message: string) => void
  /** Default: the file at `path`. */
  readonly file?: LedgerFile
}

/** Tells the lines of this process from those of another that has the same ledger. */
function newWriter(): string {
  return randomBytes(3).toString('hex')
}

/** How a ledger stands. */
export interface LedgerState {
  readonly path: string
  /** Entries that are in the file or will be, those of earlier sessions included. */
  readonly events: number
  /** Entries that were numbered and are not in the file, as far as that is known. */
  readonly missingEvents: number
  readonly isIncomplete: boolean
  readonly damagedLines: number
}

interface Pending {
  /** Bytes of one that another process has made. */
  readonly line: string | Buffer
  readonly seq: number
}

/**
 * Keeps a run's events in a file, a line each. Appending costs no wait: lines gather and are written together. What cannot
 * be written, because the disk is full, is tried again; what does not fit into memory meanwhile is lost and counted.
 */
export class LedgerWriter {
  readonly path: string
  readonly #file: LedgerFile
  readonly #onProblem: (message: string) => void
  readonly #damagedLines: number
  readonly #writer = newWriter()
  #seq: number
  #events: number
  #pending: Pending[] = []
  #pendingBytes = 0
  #inFlight: readonly Pending[] = []
  #writing: Promise<void> | undefined
  #syncing: Promise<void> = Promise.resolve()
  #lost: number
  #problem: string | undefined
  #waiters: { readonly seq: number; readonly resolve: () => void }[] = []
  #timer: NodeJS.Timeout | undefined
  #patience: NodeJS.Timeout | undefined
  #isWriteDue = false
  #isClosed = false
  readonly #pastBytes: number
  #isShared = false

  constructor({ path, past, onProblem, file }: LedgerOptions) {
    this.path = path
    this.#file = file ?? ledgerFile(path)
    this.#onProblem = onProblem ?? (() => {})
    this.#seq = (past?.lastSeq ?? -1) + 1
    this.#events = past?.entries ?? 0
    this.#damagedLines = past?.damagedLines ?? 0
    this.#lost = past?.missingEntries ?? 0
    this.#pastBytes = past?.readBytes ?? 0
  }

  get state(): LedgerState {
    const isIncomplete = this.#lost > 0 || this.#problem !== undefined
    const { path } = this
    return { path, events: this.#events, missingEvents: this.#lost, isIncomplete, damagedLines: this.#damagedLines }
  }

  /** Why the last write failed; undefined once one has succeeded. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** True while the file has not been given something that was appended. */
  get isBehind(): boolean {
    return this.#pending.length > 0 || this.#inFlight.length > 0
  }

  append(entry: LedgerEntry): void {
    if (this.#isClosed) return
    const seq = this.#seq
    this.#seq += 1
    if (this.#pendingBytes >= maxPendingBytes && !this.#makeRoom()) return
    const line = this.#lineOf(seq, entry)
    if (line === undefined) return
    this.#add(line, seq)
  }

  #add(line: string | Buffer, seq: number): void {
    this.#events += 1
    this.#pending.push({ line, seq })
    this.#pendingBytes += line.length
    if (this.#pendingBytes >= maxBehindBytes) this.#writeSoon()
    else this.#timer ??= this.#later(maxBehindMs)
  }

  /** Appends a line that another process has made, with its number, as it is. */
  appendLine(line: Buffer, seq: number): void {
    if (this.#isClosed) return
    this.#seq = Math.max(this.#seq, seq + 1)
    if (this.#pendingBytes >= maxPendingBytes && !this.#makeRoom()) return
    this.#add(line, seq)
  }

  /**
   * Resolves when all that was appended has left the process, so that killing it cannot lose it. Waits for a slow disk no
   * longer than 250 ms, and for one that refuses to write not at all.
   */
  async kept(): Promise<void> {
    await this.handedOver()
    if (this.#file.left !== undefined) await within(this.#file.left(), maxBehindMs)
  }

  /** Resolves when the file has been given all that was appended. One that passes lines on may still have them. */
  handedOver(): Promise<void> {
    if (!this.isBehind || this.#isClosed || this.#problem !== undefined) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiters.push({ seq: this.#seq, resolve })
      this.#patience ??= setTimer(() => this.#release(Number.POSITIVE_INFINITY), maxBehindMs)
      this.#writeSoon()
    })
  }

  /** Waits until what was appended is on the disk itself, safe from a power cut; puts the file back if it was removed. */
  sync(): Promise<void> {
    this.#syncing = this.#syncing.then(() => this.#sync())
    return this.#syncing
  }

  /** Writes everything at once, for moments in which nothing can be awaited. */
  flushSync(): void {
    // What an asynchronous write was about is written again: a reader takes each number once.
    const batch = [...this.#inFlight, ...this.#pending]
    if (batch.length === 0 || this.#isClosed) return
    try {
      this.#file.appendSync(bytesOf(batch))
      this.#pending = []
      this.#pendingBytes = 0
      this.#problem = undefined
      this.#release(this.#seq)
    } catch (error) {
      this.#fail(error)
    }
  }

  /**
   * Writes what is pending and closes the file. Never rejects: what could not be written is in `state`.
   *
   * @param options.onFull makes room where the disk takes nothing, and uses what it needs of it first.
   */
  async close({ onFull }: { readonly onFull?: () => Promise<void> } = {}): Promise<void> {
    if (this.#isClosed) return
    await this.sync()
    while (this.#writing !== undefined) await this.#writing
    this.flushSync()
    if (this.#pending.length > 0) {
      await onFull?.()
      this.#writeLast()
      this.flushSync()
    }
    this.#lost += this.#pending.length
    this.#events -= this.#pending.length
    this.#isShared = this.#hasMoreThanOwn()
    this.#isClosed = true
    clearTimer(this.#timer)
    this.#release(Number.POSITIVE_INFINITY)
    try {
      this.#file.close()
    } catch {}
  }

  /**
   * What other processes have written to the ledger meanwhile, which their own account of it may lack; undefined where they
   * have written nothing. For a ledger that is closed.
   */
  async others(): Promise<OtherWriters | undefined> {
    if (!this.#isShared) return undefined
    const others = await readOtherWriters(this.path, { fromByte: this.#pastBytes, writer: this.#writer })
    this.#events += others.entries
    return others.entries === 0 ? undefined : others
  }

  /** The file has bytes that this process has neither found nor written, be it half a line of its own. */
  #hasMoreThanOwn(): boolean {
    try {
      const { bytes, ownBytes } = this.#file.size()
      return bytes !== this.#pastBytes + ownBytes
    } catch {
      return false
    }
  }

  /**
   * The last line first: on a disk that has room for little it tells by its number how many there were before it, so that
   * the next reader knows what is missing.
   */
  #writeLast(): void {
    const last = this.#pending.at(-1)
    if (last === undefined) return
    try {
      this.#file.appendSync(bytesOf([last]))
      this.#pending = this.#pending.slice(0, -1)
    } catch {}
  }

  /** Undefined, and counted as lost, for an entry that cannot be JSON. */
  #lineOf(seq: number, entry: LedgerEntry): string | undefined {
    try {
      return formatLedgerLine({ seq, atMs: nowMs(), writer: this.#writer, entry })
    } catch {
      this.#lost += 1
      return undefined
    }
  }

  async #sync(): Promise<void> {
    if (this.#isClosed) return
    try {
      // The file is put back while nothing is on its way to the old one.
      while (this.#writing !== undefined) await this.#writing
      this.#file.restore()
      await this.kept()
      await this.#file.sync()
    } catch (error) {
      this.#fail(error)
    }
  }

  #later(milliseconds: number): NodeJS.Timeout {
    return setTimer(() => this.#writeSoon(), milliseconds).unref()
  }

  // Not at once: what the same turn of the event loop appends shares the write.
  #writeSoon(): void {
    if (this.#isWriteDue || this.#writing !== undefined) return
    this.#isWriteDue = true
    setSoon(() => {
      this.#isWriteDue = false
      if (this.#isClosed || this.#writing !== undefined) return
      this.#writing = this.#write().finally(() => {
        this.#writing = undefined
        if (this.#pending.length === 0 || this.#isClosed) return
        if (this.#problem !== undefined) this.#timer ??= this.#later(retryMs)
        else if (this.#waiters.length > 0 || this.#pendingBytes >= maxBehindBytes) this.#writeSoon()
        else this.#timer ??= this.#later(maxBehindMs)
      })
    })
  }

  async #write(): Promise<void> {
    clearTimer(this.#timer)
    this.#timer = undefined
    const batch = this.#pending
    if (batch.length === 0) return
    this.#pending = []
    this.#pendingBytes = 0
    this.#inFlight = batch
    try {
      await this.#file.append(bytesOf(batch))
      this.#problem = undefined
      this.#release(batch.at(-1)?.seq ?? -1)
    } catch (error) {
      this.#pending = [...batch, ...this.#pending]
      this.#pendingBytes += lengthOf(batch)
      this.#fail(error)
    } finally {
      this.#inFlight = []
    }
  }

  #fail(error: unknown): void {
    const isNew = this.#problem === undefined
    this.#problem = messageOf(error)
    this.#release(Number.POSITIVE_INFINITY)
    if (!isNew) return
    // Whoever is told must not break what is measured.
    try {
      this.#onProblem(this.#problem)
    } catch {}
  }

  /** The disk is slower than the run: waits for it. False when it takes nothing, and the entry is lost. */
  #makeRoom(): boolean {
    if (this.#problem === undefined) this.flushSync()
    if (this.#pendingBytes < maxPendingBytes) return true
    this.#lost += 1
    return false
  }

  #release(writtenSeq: number): void {
    const isDone = ({ seq }: { seq: number }) => seq - 1 <= writtenSeq
    const done = this.#waiters.filter(isDone)
    this.#waiters = this.#waiters.filter((waiter) => !isDone(waiter))
    if (this.#waiters.length === 0) {
      clearTimer(this.#patience)
      this.#patience = undefined
    }
    for (const { resolve } of done) resolve()
  }
}

function bytesOf(batch: readonly Pending[]): Buffer {
  const lines = batch.map(({ line }) => line)
  // Joined first where all are text: then they are turned into bytes once.
  if (lines.every((line) => typeof line === 'string')) return Buffer.from(lines.join(''))
  return Buffer.concat(lines.map((line) => (typeof line === 'string' ? Buffer.from(line) : line)))
}

function lengthOf(batch: readonly Pending[]): number {
  return batch.reduce((sum, { line }) => sum + line.length, 0)
}
