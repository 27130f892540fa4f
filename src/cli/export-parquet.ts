import { SygraError } from '../errors.ts'
import type { Cell, CellKind, ColumnDescription, Row } from '../exporters/tables/column.ts'
import { usdText } from '../exporters/tables/money.ts'
import { loadParquetWriter } from '../workflow/sinks/write-parquet.ts'
import type { TableToWrite } from './export-rows.ts'

/** Rows in memory at a time, and in one row group of the file. */
const rowsPerGroup = 10_000

/** Writes a table as parquet; gives how many rows it has. Money is DECIMAL(18,12), a time in microseconds of UTC. */
export async function writeParquetTable({ columns, rows }: TableToWrite, path: string): Promise<number> {
  const { fileWriter, ParquetWriter } = await loadParquetWriter()
  const schema = [{ name: 'root', num_children: columns.length }, ...columns.map(elementOf)]
  const writer = new ParquetWriter({ writer: fileWriter(path), schema, createdBy: 'sygra' })
  let count = 0
  let group: Row[] = []
  const writeGroup = async () => {
    if (group.length > 0) await writer.write({ columnData: dataOf(columns, group), rowGroupSize: group.length })
    count += group.length
    group = []
  }
  for await (const batch of rows) {
    for (const row of batch) {
      group.push(row)
      if (group.length >= rowsPerGroup) await writeGroup()
    }
  }
  await writeGroup()
  await writer.finish()
  return count
}

function elementOf({ name, kind }: ColumnDescription) {
  return { name, repetition_type: 'OPTIONAL' as const, ...elementTypes[kind] }
}

const elementTypes = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  boolean: { type: 'BOOLEAN' },
  seconds: { type: 'DOUBLE' },
  usd: { type: 'INT64', converted_type: 'DECIMAL', scale: 12, precision: 18 },
  timestamp: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } },
} as const satisfies Record<CellKind, object>

function dataOf(columns: readonly ColumnDescription[], rows: readonly Row[]) {
  return columns.map(({ name, kind }, index) => ({
    name,
    data: rows.map((row) => storedCell(kind, row[index] ?? null)),
  }))
}

/** Amounts that 18 digits hold: 999,999.999999999999. */
const maxPicodollars = 10n ** 18n - 1n

function storedCell(kind: CellKind, cell: Cell): unknown {
  if (typeof cell === 'bigint' && (cell > maxPicodollars || cell < -maxPicodollars)) {
    throw new SygraError(
      'bad_data',
      `parquet: an amount of $${usdText(cell)} does not fit into DECIMAL(18,12); write csv or jsonl instead`,
    )
  }
  return typeof cell === 'number' && (kind === 'integer' || kind === 'timestamp') ? BigInt(Math.trunc(cell)) : cell
}
