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

/** An entry as a line with its line end: `{"v":1,"seq":…,"atMs":…, …entry, "checksum":"…"}`, a CRC-32 of what stands before. */
export function formatLedgerLine({ seq, atMs, entry }: LedgerLine): string {
  const body = JSON.stringify({ v: ledgerVersion, seq, atMs, ...entry }).slice(0, -1)
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
  if (!('atMs' in value) || typeof value.atMs !== 'number') return undefined
  const { v: _version, seq, atMs, ...rest } = value
  // A change of concurrency has a time of its own, which is that of its line.
  const entry = 'type' in rest && rest.type === 'concurrency-change' ? { ...rest, atMs } : rest
  return isLedgerEntry(entry) ? { seq, atMs, entry } : undefined
}
