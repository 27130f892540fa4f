import { readFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { RunTotals } from '../../metadata/run-totals.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { summarize } from '../../metadata/summary.ts'
import { nowMs, utcOffsetMinutes } from '../clock.ts'
import { formatMetadata, ledgerBlock } from '../collector/metadata-collector.ts'
import { type HeldLock, takeLock } from '../files/file-lock.ts'
import { ledgerPathOf } from '../files/run-names.ts'
import { isAlive } from '../files/run-owner.ts'
import { removeUnfinished, writeAtomic, writeAtomicSync } from '../files/write-atomic.ts'
import { isEvent } from '../ledger/ledger-entry.ts'
import type { LedgerReport, OnEntry } from '../ledger/ledger-reader.ts'
import { bytesBeside, lostLinesOf, RunLedgersTail } from '../ledger/run-ledgers.ts'
import { endsOfGone, openParts } from './dead-processes.ts'
import { firstProcess } from './program-files.ts'

/** A program must not be kept from its end by what others have done: more than this is left to whoever reads the run next. */
const maxSyncBytes = 8 * 1024 * 1024

/** The lock of whoever keeps the metadata file of a program's run: one of its processes, or who watches them. */
export function accountLockOf(metadataPath: string): string {
  return `${metadataPath}.lock`
}

/**
 * Keeps the metadata file of a program's run for all of its processes: what their ledgers say, added up. Each process may ask
 * for it, and one has it; when that one ends, or is killed, the next that asks has it.
 */
export class SharedAccount {
  readonly #metadataPath: string
  readonly #ledgerPath: string
  #lock: HeldLock | undefined
  #tail: RunLedgersTail
  #totals = new RunTotals()
  /** When each process was heard of last, by its name. */
  #lastAtMs = new Map<string, number>()
  /** How many times a process was read to have ended. */
  #ends = 0
  #reading: Promise<void> | undefined

  constructor(metadataPath: string) {
    this.#metadataPath = metadataPath
    this.#ledgerPath = ledgerPathOf(metadataPath)
    this.#tail = new RunLedgersTail(this.#ledgerPath)
  }

  /** True while the file is this process's to write; asks for it where nobody has it. */
  holds({ isLast = false } = {}): boolean {
    try {
      if (this.#lock === undefined) {
        // At the end of a process its threads are over, whatever they hold.
        const isOfThread = (pid: unknown) => isLast && isMainThread && pid === process.pid
        const result = takeLock(accountLockOf(this.#metadataPath), (owner) => !isOfThread(owner.pid) && isAlive(owner))
        if (result.type === 'held') this.#lock = result
      } else if (this.#lock.keep() !== undefined) this.#lock = undefined
      return this.#lock !== undefined
    } catch {
      // A folder that cannot be written holds no lock, and no file that two could spoil.
      return true
    }
  }

  /**
   * A run that had ended goes on: its file must not say that all is told while this process has more to tell. Whoever has the
   * file to itself sees this process.
   */
  reopen(): void {
    if (!this.holds()) return
    const metadata: unknown = JSON.parse(readFileSync(this.#metadataPath, 'utf8'))
    if (typeof metadata !== 'object' || metadata === null || Reflect.get(metadata, 'status') === 'running') return
    writeAtomicSync(this.#metadataPath, `${JSON.stringify({ ...metadata, status: 'running' }, null, 2)}\n`)
  }

  release(): void {
    this.#lock?.release()
    this.#lock = undefined
  }

  /** True while no other process has a ledger beside that of the run. */
  get isAlone(): boolean {
    return bytesBeside(this.#ledgerPath) === 0
  }

  /** Reads what the ledgers have more; true where there was something. */
  async refresh(): Promise<boolean> {
    const before = this.#tail.readBytes
    this.#reading ??= this.#tail.read(this.#take).finally(() => {
      this.#reading = undefined
    })
    await this.#reading
    return this.#noteDead() || this.#tail.readBytes !== before
  }

  /** Takes last lines that were torn, where nobody writes any more. */
  endReading(): void {
    if (openParts(this.#totals).alive === 0) this.#tail.end(this.#take)
  }

  /** What was read of the ledger of the run, for whoever adds to it. */
  get report(): LedgerReport {
    return this.#tail.report()
  }

  /** As `refresh`, at the end of a process; false where there is too much to read. */
  refreshSync(): boolean {
    if (this.#reading !== undefined) {
      // What is being read may be taken and not yet added.
      this.#tail = new RunLedgersTail(this.#ledgerPath)
      this.#totals = new RunTotals()
      this.#lastAtMs = new Map()
      this.#ends = 0
      this.#reading = undefined
    }
    if (this.#unreadBytes() > maxSyncBytes) return false
    this.#tail.readSync(this.#take)
    this.#noteDead()
    return true
  }

  /** How many times a process was read to have ended; less than before only where all is read anew. */
  get ends(): number {
    return this.#ends
  }

  get totals(): RunTotals {
    return this.#totals
  }

  /** The account as far as it was read. */
  metadata(): Metadata {
    const report = this.#tail.report()
    const generatedAtMs = nowMs()
    return {
      ...summarize(this.#totals, { generatedAtMs, utcOffsetMinutes: utcOffsetMinutes(generatedAtMs) }),
      ledger: ledgerBlock({
        path: this.#ledgerPath,
        events: report.entries,
        missingEvents: report.missingEntries,
        damagedLines: report.damagedLines,
        isIncomplete: lostLinesOf(report).missingEntries > 0,
      }),
    }
  }

  readonly #take: OnEntry = (entry, { atMs, worker = firstProcess }) => {
    if (!isEvent(entry)) return
    this.#totals.add(entry)
    if (entry.type === 'run-end') this.#ends += 1
    this.#lastAtMs.set(worker, Math.max(this.#lastAtMs.get(worker) ?? 0, atMs))
  }

  /** Processes that are gone say nothing more. */
  #noteDead(): boolean {
    const ends = endsOfGone(openParts(this.#totals), (worker) => this.#lastAtMs.get(worker))
    for (const end of ends) this.#totals.add(end)
    return ends.length > 0
  }

  #unreadBytes(): number {
    return this.#tail.sizeBytes() - this.#tail.readBytes
  }
}

/**
 * Ends what a process had to do for the file: whoever has it writes it a last time and gives it free. Who ended in between
 * could not write what it had said, because the file was not its own; that is written too. Who goes on will do so itself.
 */
export function endAccount(account: SharedAccount, metadataPath: string): void {
  removeUnfinished(metadataPath)
  for (let ends = -1; account.ends > ends && account.holds({ isLast: true }); ) {
    try {
      if (!account.refreshSync()) return
      ends = account.ends
      writeAtomicSync(metadataPath, formatMetadata(account.metadata()))
    } finally {
      account.release()
    }
    if (!account.refreshSync()) return
  }
}

/**
 * The same from outside the processes of the program, where it can be waited for. Gives the account also where another process
 * has the file, or where it cannot be written.
 */
export async function finishAccount(account: SharedAccount, metadataPath: string): Promise<Metadata> {
  let metadata: Metadata
  let ends: number
  do {
    const isOurs = account.holds()
    try {
      // Not before: whoever had the file until now may have written more than was read.
      await account.refresh()
      ends = account.ends
      account.endReading()
      metadata = account.metadata()
      if (isOurs) await writeAtomic(metadataPath, formatMetadata(metadata)).catch(() => {})
    } finally {
      account.release()
    }
    await account.refresh()
  } while (account.ends > ends)
  return metadata
}
