import zlib from 'node:zlib'
import { isLedgerEntry, type LedgerEntry } from './ledger-entry.ts'

/** Version of the line format. */
const ledgerVersion = 1

/** A line of a ledger that was read: the entry, its number, and when it was written by the clock of the wall. */
export interface LedgerLine {
  readonly seq: number
  readonly atMs: number
  /** Who wrote it: another text for each process that has written to the ledger. */
  readonly writer?: string
  readonly entry: LedgerEntry
}

const [tailStart, tailEnd] = [Buffer.from(',"checksum":"'), Buffer.from('"}')]
const checksumDigits = 8
const tailLength = tailStart.length + checksumDigits + tailEnd.length

/** What a line says of itself before the entry begins. */
type HeadKey = 'v' | 'seq' | 'writtenAtMs' | 'writer' | 'checksum'

/** Does not compile when an entry has a key that a line needs for itself. */
type WithoutHead<Entry extends object> = Entry extends unknown
  ? keyof Entry & HeadKey extends never
    ? Entry
    : never
  : never

/**
 * An entry as a line with its line end: `{"v":1,"seq":…,"writtenAtMs":…,"writer":"…", …entry, "checksum":"…"}`, a CRC-32 of
 * what stands before.
 */
export function formatLedgerLine({ seq, atMs, writer, entry }: LedgerLine): string {
  const own: WithoutHead<LedgerEntry> = entry
  // Put together as text: copying every entry into a larger object would cost as much again as writing it.
  const by = writer === undefined ? '' : `"writer":"${writer}",`
  const body = `{"v":${ledgerVersion},"seq":${seq},"writtenAtMs":${atMs},${by}${JSON.stringify(own).slice(1, -1)}`
  return `${body},"checksum":"${checksumOf(body)}"}\n`
}

/** Reads a line without its line end; undefined when it is torn, damaged or of another version. */
export function parseLedgerLine(line: Buffer): LedgerLine | undefined {
  const bodyLength = line.length - tailLength
  if (bodyLength <= 0) return undefined
  const body = line.subarray(0, bodyLength)
  return statedChecksum(line) === zlib.crc32(body) ? readBody(body) : undefined
}

/** The checksum at the end of a line; undefined where a line does not end so. Millions are read: no text is made of it. */
function statedChecksum(line: Buffer): number | undefined {
  const digitsAt = line.length - tailEnd.length - checksumDigits
  if (!standsAt(line, tailStart, digitsAt - tailStart.length)) return undefined
  if (!standsAt(line, tailEnd, digitsAt + checksumDigits)) return undefined
  let checksum = 0
  for (let at = digitsAt; at < digitsAt + checksumDigits; at += 1) {
    const digit = hexDigit(line[at] ?? 0)
    if (digit === undefined) return undefined
    checksum = checksum * 16 + digit
  }
  return checksum
}

function hexDigit(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x61 + 10 : undefined
}

function standsAt(line: Buffer, text: Buffer, start: number): boolean {
  for (let index = 0; index < text.length; index += 1) if (line[start + index] !== text[index]) return false
  return true
}

/** CRC-32 as 8 hexadecimal digits. */
export function checksumOf(data: string | Buffer): string {
  // By the whole module: a name that an older Node has not would end its start before it can be told what it needs.
  const checksum = zlib.crc32(data)
  // By the byte: `toString(16)` of numbers as large as these takes several times as long, and each line has one.
  return (
    (hexOfByte[checksum >>> 24] ?? '') +
    (hexOfByte[(checksum >>> 16) & 0xff] ?? '') +
    (hexOfByte[(checksum >>> 8) & 0xff] ?? '') +
    (hexOfByte[checksum & 0xff] ?? '')
  )
}

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

const head = /^\{"v":(\d+),"seq":(\d+),"writtenAtMs":(\d+),(?:"writer":"([0-9a-f]{1,16})",)?/

function readBody(body: Buffer): LedgerLine | undefined {
  const text = body.toString('utf8')
  const [whole = '', version, seq, atMs, writer] = head.exec(text) ?? []
  if (Number(version) !== ledgerVersion) return undefined
  try {
    const entry: unknown = JSON.parse(`{${text.slice(whole.length)}}`)
    if (typeof entry !== 'object' || entry === null || !isLedgerEntry(entry)) return undefined
    return { seq: Number(seq), atMs: Number(atMs), writer, entry }
  } catch {
    return undefined
  }
}
