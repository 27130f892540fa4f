import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import type { LedgerEntry } from './ledger-entry.ts'
import { type LedgerLine, parseLedgerLine } from './ledger-line.ts'

/** What a ledger held besides its entries. */
export interface LedgerReport {
  /** Entries read; one written twice counts once. */
  readonly entries: number
  /** Lines that are torn, damaged or of another version. */
  readonly damagedLines: number
  /** Entries that were numbered and are not there. */
  readonly missingEntries: number
  /** Number of the last entry; -1 when there is none. */
  readonly lastSeq: number
  /** The latest time in it, in milliseconds since 1970; undefined when there is no entry. */
  readonly lastAtMs: number | undefined
  /** The file ends within a line. */
  readonly isTorn: boolean
  /** How much of the file was read. */
  readonly readBytes: number
}

const newline = 10
const syncChunkBytes = 256 * 1024
// Longer than any event; what is longer is no line of a ledger and must not fill the memory.
const maxLineBytes = 16 * 1024 * 1024

/** Where an entry stands in its ledger. */
export interface LedgerPlace extends Pick<LedgerLine, 'seq' | 'atMs' | 'writer'> {
  /** Number of the line in the file, from 1. */
  readonly lineNumber: number
  /** The worker in whose ledger it stands; left out in the run's own. */
  readonly worker?: string
}

/** An entry that was read, and where it stands. */
export interface ReadEntry {
  readonly entry: LedgerEntry
  readonly place: LedgerPlace
}

export type OnEntry = (entry: LedgerEntry, place: LedgerPlace) => void

/** Reads a ledger from its beginning, or so much of it; memory does not grow with its length. Rejects only when the file cannot be read. */
export async function readLedger(
  path: string,
  onEntry: OnEntry,
  { maxBytes = Number.POSITIVE_INFINITY }: { readonly maxBytes?: number } = {},
): Promise<LedgerReport> {
  const tail = new LedgerTail(path)
  await tail.read(onEntry, { maxBytes })
  return tail.end(onEntry)
}

/** Reads a part of a ledger, for a sample of it; half lines at its ends are left out. */
export async function readLedgerPart(
  path: string,
  { start, end }: { readonly start: number; readonly end: number },
  onEntry: (entry: LedgerEntry) => void,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of createReadStream(path, { start, end: end - 1, highWaterMark: 256 * 1024 })) {
    if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  }
  const data = Buffer.concat(chunks)
  // The part begins within a line, unless it is the beginning.
  let from = start === 0 ? 0 : data.indexOf(newline) + 1
  for (let to = data.indexOf(newline, from); to >= 0; to = data.indexOf(newline, from)) {
    const line = parseLedgerLine(data.subarray(from, to))
    if (line !== undefined) onEntry(line.entry)
    from = to + 1
  }
}

/** Reads a ledger that may still grow: each `read` gives what was appended since the one before. */
export class LedgerTail {
  readonly #path: string
  readonly #sequence = new LedgerSequence()
  /** The beginning of a line whose end is not there yet. */
  #rest: Buffer = Buffer.alloc(0)
  #readBytes = 0
  #entries = 0
  #damagedLines = 0
  #lineNumber = 0
  #lastAtMs: number | undefined

  /** @param fromByte where a line begins. */
  constructor(path: string, fromByte = 0) {
    this.#path = path
    this.#readBytes = fromByte
  }

  /** How much of the file was read. */
  get readBytes(): number {
    return this.#readBytes
  }

  /** Rejects only when the file cannot be read. */
  async read(
    onEntry: OnEntry,
    { maxBytes = Number.POSITIVE_INFINITY }: { readonly maxBytes?: number } = {},
  ): Promise<void> {
    const options = { highWaterMark: 1024 * 1024, start: this.#readBytes, end: maxBytes }
    for await (const chunk of createReadStream(this.#path, options)) {
      if (Buffer.isBuffer(chunk)) this.#takeChunk(chunk, onEntry)
    }
  }

  /** What was appended since it was read last, a part of it at a time; `chunkBytes` is how much of the file that is. */
  async *batches(chunkBytes: number, maxBytes = Number.POSITIVE_INFINITY): AsyncGenerator<readonly ReadEntry[]> {
    if (this.#readBytes >= maxBytes) return
    const options = { highWaterMark: chunkBytes, start: this.#readBytes, end: maxBytes - 1 }
    for await (const chunk of createReadStream(this.#path, options)) {
      const batch: ReadEntry[] = []
      if (Buffer.isBuffer(chunk)) this.#takeChunk(chunk, (entry, place) => batch.push({ entry, place }))
      if (batch.length > 0) yield batch
    }
  }

  /** As `read`, for moments in which nothing can be awaited. */
  readSync(onEntry: OnEntry): void {
    const file = openSync(this.#path, 'r')
    try {
      for (;;) {
        // Of its own: what is behind the last line end is kept.
        const chunk = Buffer.allocUnsafe(syncChunkBytes)
        const length = readSync(file, chunk, 0, chunk.length, this.#readBytes)
        if (length === 0) return
        this.#takeChunk(chunk.subarray(0, length), onEntry)
      }
    } finally {
      closeSync(file)
    }
  }

  /** Takes a last line without its line end, which may be whole all the same, and says what there was. */
  end(onEntry: OnEntry): LedgerReport {
    const isTorn = this.#rest.length > 0
    this.#takeLine(this.#rest, onEntry)
    this.#rest = Buffer.alloc(0)
    return { ...this.report(), isTorn }
  }

  /** What there was so far, in the lines that have an end. */
  report(): LedgerReport {
    return {
      entries: this.#entries,
      damagedLines: this.#damagedLines,
      missingEntries: this.#sequence.missing,
      lastSeq: this.#sequence.last,
      lastAtMs: this.#lastAtMs,
      isTorn: this.#rest.length > 0,
      readBytes: this.#readBytes,
    }
  }

  #takeChunk(chunk: Buffer, onEntry: OnEntry): void {
    this.#readBytes += chunk.length
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let start = 0
    for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline, start)) {
      this.#takeLine(data.subarray(start, end), onEntry)
      start = end + 1
    }
    this.#rest = data.subarray(start)
    if (this.#rest.length > maxLineBytes) this.#rest = this.#rest.subarray(0, maxLineBytes / 2)
  }

  #takeLine(bytes: Buffer, onEntry: OnEntry): void {
    this.#lineNumber += 1
    if (bytes.length === 0) return
    const line = parseLedgerLine(bytes)
    if (line === undefined) this.#damagedLines += 1
    else if (this.#sequence.take(line.seq, line.writer)) {
      this.#entries += 1
      this.#lastAtMs = Math.max(this.#lastAtMs ?? line.atMs, line.atMs)
      onEntry(line.entry, { seq: line.seq, atMs: line.atMs, writer: line.writer, lineNumber: this.#lineNumber })
    }
  }
}

/**
 * Which numbers of a ledger were seen. Two processes that have written to one ledger may have given out the same number:
 * both lines count. Memory grows with the gaps and the writers only.
 */
export class LedgerSequence {
  /** The highest number seen; -1 before the first. */
  last = -1
  /** First and last number of each gap. */
  #gaps: { from: number; to: number }[] = []
  readonly #seen = new Map<string, { from: number; to: number }[]>()

  /** How many numbers up to the last are missing. */
  get missing(): number {
    return this.#gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0)
  }

  /** Takes a number; false when the writer's line of that number was seen before, as after a write that had to be repeated. */
  take(seq: number, writer = ''): boolean {
    if (!this.#isNew(seq, writer)) return false
    if (seq > this.last) {
      if (seq > this.last + 1) this.#gaps.push({ from: this.last + 1, to: seq - 1 })
      this.last = seq
    } else this.#fill(seq)
    return true
  }

  #isNew(seq: number, writer: string): boolean {
    const ranges = this.#seen.get(writer) ?? []
    if (ranges.length === 0) this.#seen.set(writer, ranges)
    if (ranges.some(({ from, to }) => seq >= from && seq <= to)) return false
    const newest = ranges.at(-1)
    if (newest !== undefined && seq === newest.to + 1) newest.to = seq
    else ranges.push({ from: seq, to: seq })
    return true
  }

  #fill(seq: number): void {
    const index = this.#gaps.findIndex(({ from, to }) => seq >= from && seq <= to)
    const gap = this.#gaps[index]
    if (gap === undefined) return
    const rest = [
      { from: gap.from, to: seq - 1 },
      { from: seq + 1, to: gap.to },
    ].filter(({ from, to }) => from <= to)
    this.#gaps.splice(index, 1, ...rest)
  }
}
