import type { Cell, CellKind, ColumnDescription, Row } from './column.ts'
import { usdText } from './money.ts'

/** The first line of a CSV file, without its end. */
export function csvHead(columns: readonly ColumnDescription[]): string {
  return columns.map(({ name }) => name).join(',')
}

/** A row as a line of CSV (RFC 4180) without its end: a value that is not known is empty, an empty text is `""`. */
export function csvLine(columns: readonly ColumnDescription[], row: Row): string {
  return columns.map(({ kind }, index) => csvCell(kind, row[index] ?? null)).join(',')
}

/** A row as a JSON object on one line, without its end: money is a string of decimal digits, a time ISO 8601 in UTC. */
export function jsonLine(columns: readonly ColumnDescription[], row: Row): string {
  return JSON.stringify(
    Object.fromEntries(columns.map(({ name, kind }, index) => [name, plainCell(kind, row[index] ?? null)])),
  )
}

function csvCell(kind: CellKind, cell: Cell): string {
  const value = plainCell(kind, cell)
  if (value === null) return ''
  const text = String(value)
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function plainCell(kind: CellKind, cell: Cell): string | number | boolean | null {
  if (typeof cell === 'bigint') return usdText(cell)
  return kind === 'timestamp' && typeof cell === 'number' ? timestampText(cell) : cell
}

/** `2026-11-23T17:19:07.899000Z` */
function timestampText(microseconds: number): string {
  const seconds = new Date(Math.floor(microseconds / 1000)).toISOString().slice(0, -1)
  return `${seconds}${String(((microseconds % 1000) + 1000) % 1000).padStart(3, '0')}Z`
}
