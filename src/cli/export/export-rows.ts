import type { Cell, ColumnDescription, Row } from '../../exporters/tables/column.ts'
import { runsTable } from '../../exporters/tables/runs-table.ts'
import { ledgerTables, type TableName } from '../../exporters/tables/tables.ts'
import type { MetadataEvent } from '../../metadata/event.ts'
import { formatQuantity } from '../../report/text/format-values.ts'
import { safeText } from '../../report/text/safe-text.ts'
import { isEvent } from '../../runtime/ledger/ledger-entry.ts'
import type { LedgerPlace } from '../../runtime/ledger/ledger-reader.ts'
import { lostLinesOf, type ReadBytes, type RunLedgersReport, RunLedgersTail } from '../../runtime/ledger/run-ledgers.ts'
import { redactText } from '../../runtime/redact.ts'
import { readFinishedRun } from '../files/read-run.ts'

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
  let upTo: ReadBytes | undefined
  if (scan !== undefined) {
    const source = new EventSource(path)
    for await (const events of source.batches()) for (const { event, place } of events) scan(event, place)
    upTo = source.readBytes
  }
  const source = new EventSource(path, upTo)
  for await (const events of source.batches()) yield events.flatMap(({ event, place }) => reader.take(event, place))
  yield reader.end()
  const gaps = gapsText(source.report)
  if (gaps !== undefined) warn(`${safeText(path)}: ${gaps}, so rows are missing`)
}

interface ReadEvent {
  readonly event: MetadataEvent
  readonly place: LedgerPlace
}

/** Gives the events of a run from its ledgers a part at a time, so that whoever takes them can be waited for. */
export class EventSource {
  readonly #tail: RunLedgersTail
  #report: RunLedgersReport | undefined

  constructor(ledgerPath: string, upTo?: ReadBytes) {
    this.#tail = new RunLedgersTail(ledgerPath, upTo)
  }

  get readBytes(): ReadBytes {
    return this.#tail.readBytesByLedger
  }

  /** What the ledgers held besides; undefined before they were read to their end. */
  get report(): RunLedgersReport | undefined {
    return this.#report
  }

  async *batches(): AsyncGenerator<readonly ReadEvent[]> {
    for await (const batch of this.#tail.batches()) {
      yield batch.flatMap(({ entry, place }) => (isEvent(entry) ? [{ event: entry, place }] : []))
    }
    const last: ReadEvent[] = []
    this.#report = this.#tail.end((entry, place) => {
      if (isEvent(entry)) last.push({ event: entry, place })
    })
    yield last
  }
}

function gapsText(report: RunLedgersReport | undefined): string | undefined {
  if (report === undefined) return undefined
  const { missingEntries, damagedLines } = lostLinesOf(report)
  // A line that is still being written is no damage.
  const torn = [report, ...report.workers.values()].filter((each) => each.isTorn && each.damagedLines > 0).length
  const damaged = damagedLines - torn
  const gaps = [
    ...(missingEntries > 0 ? [formatQuantity(missingEntries, 'missing event')] : []),
    ...(damaged > 0 ? [formatQuantity(damaged, 'damaged line')] : []),
  ]
  return gaps.length === 0 ? undefined : `the ledger has ${gaps.join(' and ')}`
}
