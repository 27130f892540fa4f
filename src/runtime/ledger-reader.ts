import { createReadStream } from 'node:fs'
import type { LedgerEntry } from './ledger-entry.ts'
import { parseLedgerLine } from './ledger-line.ts'
import { LedgerSequence } from './ledger-sequence.ts'

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
}

const newline = 10
// Longer than any event; what is longer is no line of a ledger and must not fill the memory.
const maxLineBytes = 16 * 1024 * 1024

/** Reads a ledger from its beginning, or so much of it; memory does not grow with its length. Rejects only when the file cannot be read. */
export async function readLedger(
  path: string,
  onEntry: (entry: LedgerEntry) => void,
  { maxBytes = Number.POSITIVE_INFINITY }: { readonly maxBytes?: number } = {},
): Promise<LedgerReport> {
  const sequence = new LedgerSequence()
  let [entries, damagedLines] = [0, 0]
  let lastAtMs: number | undefined
  let rest: Buffer = Buffer.alloc(0)

  function takeLine(bytes: Buffer): void {
    if (bytes.length === 0) return
    const line = parseLedgerLine(bytes)
    if (line === undefined) damagedLines += 1
    else if (sequence.take(line.seq)) {
      entries += 1
      lastAtMs = Math.max(lastAtMs ?? line.atMs, line.atMs)
      onEntry(line.entry)
    }
  }

  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024, end: maxBytes })) {
    if (!Buffer.isBuffer(chunk)) continue
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline, start)) {
      takeLine(data.subarray(start, end))
      start = end + 1
    }
    rest = data.subarray(start)
    if (rest.length > maxLineBytes) rest = rest.subarray(0, maxLineBytes / 2)
  }
  const isTorn = rest.length > 0
  // A last line without its line end may be whole all the same.
  takeLine(rest)
  return { entries, damagedLines, missingEntries: sequence.missing, lastSeq: sequence.last, lastAtMs, isTorn }
}
