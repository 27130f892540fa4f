import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { messageOf, SygraError } from '../../errors.ts'
import type { Cell, CellKind, ColumnDescription, Row } from '../../exporters/tables/column.ts'
import { csvHead, csvLine, jsonLine } from '../../exporters/tables/format-row.ts'
import { usdText } from '../../exporters/tables/money.ts'
import { fileMode } from '../../runtime/files/file-mode.ts'
import { replaceFile, writeTextFile } from '../../workflow/sinks/replace-file.ts'
import { loadParquetWriter } from '../../workflow/sinks/write-parquet.ts'
import type { TableToWrite } from './export-rows.ts'

export const tableFormats = ['csv', 'jsonl', 'parquet'] as const

export type TableFormat = (typeof tableFormats)[number]

/** Writes a table to a file, whole or not at all; gives how many rows it has. */
export async function writeTableFile(format: TableFormat, table: TableToWrite, path: string): Promise<number> {
  let count = 0
  try {
    await replaceFile(resolve(path), async (temporary) => {
      if (format === 'parquet') {
        // The writer makes a file that all may read, unless it is there.
        await (await open(temporary, 'w', fileMode())).close()
        count = await writeParquetTable(table, temporary)
      } else {
        await writeTextFile(temporary, async (write) => {
          count = await writeLines(format, table, write)
        })
      }
    })
  } catch (error) {
    if (error instanceof SygraError) throw error
    throw new SygraError('not_writable', `${path} cannot be written: ${messageOf(error)}`, { cause: error })
  }
  return count
}

/** Writes a table of lines to a stream, no faster than it is read; ends when nobody reads it any longer. */
export async function writeTableTo(
  stream: NodeJS.WriteStream,
  format: Exclude<TableFormat, 'parquet'>,
  table: TableToWrite,
): Promise<void> {
  let isGone = false
  let goOn = () => {}
  const onDrain = () => goOn()
  const onGone = () => {
    isGone = true
    goOn()
  }
  stream.on('drain', onDrain).on('close', onGone).on('error', onGone)
  try {
    await writeLines(format, table, async (text) => {
      const hasRoom = stream.write(text)
      if (!hasRoom && !isGone)
        await new Promise<void>((done) => {
          goOn = done
        })
      if (isGone) throw new ReaderGone()
    })
  } catch (error) {
    if (!(error instanceof ReaderGone)) throw error
  } finally {
    stream.off('drain', onDrain).off('close', onGone).off('error', onGone)
  }
}

class ReaderGone extends Error {}

async function writeLines(
  format: Exclude<TableFormat, 'parquet'>,
  { columns, rows }: TableToWrite,
  write: (text: string) => Promise<void>,
): Promise<number> {
  const line = format === 'csv' ? csvLine : jsonLine
  let count = 0
  if (format === 'csv') await write(`${csvHead(columns)}\n`)
  for await (const batch of rows) {
    count += batch.length
    if (batch.length > 0) await write(`${batch.map((row) => line(columns, row)).join('\n')}\n`)
  }
  return count
}

/** Rows in memory at a time, and in one row group of the file. */
const rowsPerGroup = 10_000

/** Writes a table as parquet; gives how many rows it has. Money is DECIMAL(18,12), a time in microseconds of UTC. */
async function writeParquetTable({ columns, rows }: TableToWrite, path: string): Promise<number> {
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
