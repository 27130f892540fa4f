import { crc32 } from 'node:zlib'
import { isLedgerEntry, type LedgerEntry } from './ledger-entry.ts'

/** Version of the line format. */
export const ledgerVersion = 1

/** A line of a ledger that was read: the entry, its number, and when it was written by the clock of the wall. */
export interface LedgerLine {
  readonly seq: number
  readonly atMs: number
  readonly entry: LedgerEntry
}

const tailLength = ',"checksum":"00000000"}'.length

/** What a line says of itself; an entry has no keys of these names. */
interface LineHead {
  readonly v: number
  readonly seq: number
  readonly writtenAtMs: number
}

/** Does not compile when an entry has a key that a line needs for itself. */
type WithoutHead<Entry extends object> = Entry extends unknown
  ? keyof Entry & (keyof LineHead | 'checksum') extends never
    ? Entry
    : never
  : never

/** An entry as a line with its line end: `{"v":1,"seq":…,"writtenAtMs":…, …entry, "checksum":"…"}`, a CRC-32 of what stands before. */
export function formatLedgerLine({ seq, atMs, entry }: LedgerLine): string {
  const head: LineHead = { v: ledgerVersion, seq, writtenAtMs: atMs }
  const own: WithoutHead<LedgerEntry> = entry
  const body = JSON.stringify({ ...head, ...own }).slice(0, -1)
  return `${body},"checksum":"${checksumOf(body)}"}\n`
}

/** Reads a line without its line end; undefined when it is torn, damaged or of another version. */
export function parseLedgerLine(line: Buffer): LedgerLine | undefined {
  const bodyLength = line.length - tailLength
  if (bodyLength <= 0) return undefined
  const body = line.subarray(0, bodyLength)
  if (line.toString('latin1', bodyLength) !== `,"checksum":"${checksumOf(body)}"}`) return undefined
  return readBody(body)
}

/** CRC-32 as 8 hexadecimal digits. */
export function checksumOf(data: string | Buffer): string {
  return crc32(data).toString(16).padStart(8, '0')
}

function readBody(body: Buffer): LedgerLine | undefined {
  let value: unknown
  try {
    value = JSON.parse(`${body.toString('utf8')}}`)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || !('v' in value) || value.v !== ledgerVersion) return undefined
  if (!('seq' in value) || typeof value.seq !== 'number') return undefined
  if (!('writtenAtMs' in value) || typeof value.writtenAtMs !== 'number') return undefined
  const { v: _version, seq, writtenAtMs: atMs, ...entry } = value
  return isLedgerEntry(entry) ? { seq, atMs, entry } : undefined
}
