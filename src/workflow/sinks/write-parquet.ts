import { SygraError } from '../../errors.ts'
import type { Row } from '../sources/source.ts'
import { type ColumnType, columnTypes, storedValue } from './parquet-columns.ts'
import type { RowsToWrite } from './write-rows.ts'

/** Rows in memory at a time, and in one row group of the file. */
const rowsPerGroup = 10_000
/** A group ends earlier when its rows are long: about this many characters of text. */
const charactersPerGroup = 32 * 1024 * 1024

/** Loads the writer of parquet; throws `missing_package` when it is not installed. */
export async function loadParquetWriter() {
  try {
    return await import('hyparquet-writer')
  } catch (error) {
    throw new SygraError(
      'missing_package',
      'parquet output needs the package hyparquet-writer; install it with npm install hyparquet-writer',
      {
        cause: error,
      },
    )
  }
}

/** Writes rows as parquet, in row groups. Columns whose values differ in kind, and objects, are stored as JSON. */
export async function writeParquet({ rows, path }: RowsToWrite): Promise<void> {
  const { fileWriter, ParquetWriter, schemaFromColumnData } = await loadParquetWriter()
  const types = await columnTypes(rows())
  if (types.size === 0)
    throw new SygraError('bad_data', `${path}: no row has a column, and parquet needs one; write json or jsonl instead`)
  const schema = schemaFromColumnData({ columnData: columnData([], types) })
  const writer = new ParquetWriter({ writer: fileWriter(path), schema })
  for await (const group of groups(rows()))
    await writer.write({ columnData: columnData(group, types), rowGroupSize: group.length })
  await writer.finish()
}

function columnData(rows: readonly Row[], types: ReadonlyMap<string, ColumnType>) {
  return [...types].map(([name, type]) => ({ name, type, data: rows.map((row) => storedValue(row[name], type)) }))
}

async function* groups(rows: AsyncIterable<Row>): AsyncGenerator<Row[]> {
  let group: Row[] = []
  let characters = 0
  for await (const row of rows) {
    group.push(row)
    for (const value of Object.values(row)) characters += typeof value === 'string' ? value.length : 8
    if (group.length < rowsPerGroup && characters < charactersPerGroup) continue
    yield group
    group = []
    characters = 0
  }
  if (group.length > 0) yield group
}
