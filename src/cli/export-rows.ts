import type { Cell, ColumnDescription, Row } from '../exporters/tables/column.ts'
import { runsTable } from '../exporters/tables/runs-table.ts'
import { ledgerTables, type TableName } from '../exporters/tables/tables.ts'
import type { MetadataEvent } from '../metadata/event.ts'
import { formatQuantity } from '../report/text/format-values.ts'
import { safeText } from '../report/text/safe-text.ts'
import { type LedgerPlace, type LedgerReport, LedgerTail } from '../runtime/ledger/ledger-reader.ts'
import { redactText } from '../runtime/redact.ts'
import { readFinishedRun } from './read-run.ts'

/** A run whose rows are wanted. */
export interface ExportedRun {
  readonly metadataPath: string
  /** Undefined where it kept none. */
  readonly ledgerPath: string | undefined
}

/** A table on its way out. */
export interface TableToWrite {
  readonly columns: readonly ColumnDescription[]
  readonly rows: AsyncIterable<readonly Row[]>
}

/** So much of a ledger is read before its rows are written. */
const bytesAtOnce = 1024 * 1024

/** The rows of a table, some thousands at a time, without secrets; `warn` is told what is missing from them. */
export async function* rowsOf(
  table: TableName,
  runs: readonly ExportedRun[],
  warn: (text: string) => void,
): AsyncGenerator<readonly Row[]> {
  const clean = cellCleaner()
  for await (const rows of writtenRowsOf(table, runs, warn)) yield rows.map((row) => row.map(clean))
}

/** Most text of a table stands in it many times; this many different ones are remembered. */
const maxRemembered = 10_000

/** Removes secrets once more: a file may have been written when less was known of how they look. */
function cellCleaner(): (cell: Cell) => Cell {
  const known = new Map<string, string>()
  return (cell) => {
    if (typeof cell !== 'string') return cell
    let clean = known.get(cell)
    if (clean === undefined) {
      clean = redactText(cell)
      if (known.size >= maxRemembered) known.clear()
      known.set(cell, clean)
    }
    return clean
  }
}

async function* writtenRowsOf(
  table: TableName,
  runs: readonly ExportedRun[],
  warn: (text: string) => void,
): AsyncGenerator<readonly Row[]> {
  for (const { metadataPath, ledgerPath } of runs) {
    if (table === 'runs') yield [runsTable.rowOf({ metadata: await readFinishedRun(metadataPath), path: metadataPath })]
    else if (ledgerPath !== undefined) yield* rowsOfLedger(table, ledgerPath, warn)
  }
}

async function* rowsOfLedger(
  table: Exclude<TableName, 'runs'>,
  path: string,
  warn: (text: string) => void,
): AsyncGenerator<readonly Row[]> {
  const reader = ledgerTables[table].begin()
  const { scan } = reader
  // A run that goes on must not grow between the two readings.
  let readBytes = Number.POSITIVE_INFINITY
  if (scan !== undefined) {
    const source = new EventSource(path, readBytes)
    for (let isMore = true; isMore; ) isMore = await source.read(scan)
    readBytes = source.readBytes
  }
  const source = new EventSource(path, readBytes)
  for (let isMore = true; isMore; ) {
    const rows: Row[] = []
    isMore = await source.read((event, place) => {
      for (const row of reader.take(event, place)) rows.push(row)
    })
    yield rows
  }
  yield reader.end()
  const gaps = gapsText(source.report)
  if (gaps !== undefined) warn(`${safeText(path)}: ${gaps}, so rows are missing`)
}

type OnEvent = (event: MetadataEvent, place: LedgerPlace) => void

/** Reads the events of a ledger piece by piece, so that whoever takes them can be waited for. */
export class EventSource {
  readonly #tail: LedgerTail
  readonly #maxBytes: number
  #report: LedgerReport | undefined

  constructor(path: string, maxBytes: number = Number.POSITIVE_INFINITY) {
    this.#tail = new LedgerTail(path)
    this.#maxBytes = maxBytes
  }

  get readBytes(): number {
    return this.#tail.readBytes
  }

  get report(): LedgerReport | undefined {
    return this.#report
  }

  /** Reads a piece; false when it was the last. */
  async read(onEvent: OnEvent): Promise<boolean> {
    const onEntry: Parameters<LedgerTail['read']>[0] = (entry, place) => {
      if (entry.type !== 'run-plan' && entry.type !== 'row-write') onEvent(entry, place)
    }
    const before = this.#tail.readBytes
    const end = Math.min(before + bytesAtOnce, this.#maxBytes)
    if (before < end) await this.#tail.read(onEntry, { maxBytes: end - 1 })
    if (this.#tail.readBytes > before) return true
    this.#report = this.#tail.end(onEntry)
    return false
  }
}

function gapsText(report: LedgerReport | undefined): string | undefined {
  if (report === undefined) return undefined
  const { missingEntries, damagedLines, isTorn } = report
  const damaged = damagedLines - (isTorn && damagedLines > 0 ? 1 : 0)
  const gaps = [
    ...(missingEntries > 0 ? [formatQuantity(missingEntries, 'missing event')] : []),
    ...(damaged > 0 ? [formatQuantity(damaged, 'damaged line')] : []),
  ]
  return gaps.length === 0 ? undefined : `the ledger has ${gaps.join(' and ')}`
}
