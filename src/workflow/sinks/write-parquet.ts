import { SygraError } from '../../errors.ts'
import type { Row } from '../sources/source.ts'
import type { RowsToWrite } from './data-sink.ts'

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

/** How a column is stored: one kind of value, or JSON where they differ. */
type ColumnType = 'BOOLEAN' | 'INT64' | 'DOUBLE' | 'STRING' | 'JSON'

/** The type of each column over all rows, in the order they are first seen; a column of nulls is text. */
async function columnTypes(rows: AsyncIterable<Row>): Promise<ReadonlyMap<string, ColumnType>> {
  const types = new Map<string, ColumnType | undefined>()
  for await (const row of rows) {
    for (const [column, value] of Object.entries(row)) types.set(column, commonType(types.get(column), typeOf(value)))
  }
  return new Map([...types].map(([column, type]) => [column, type ?? 'STRING']))
}

/** A value as its column stores it. */
function storedValue(value: unknown, type: ColumnType): unknown {
  if (value === undefined || value === null) return null
  return type === 'INT64' && typeof value === 'number' ? BigInt(value) : value
}

function typeOf(value: unknown): ColumnType | undefined {
  switch (typeof value) {
    case 'boolean':
      return 'BOOLEAN'
    case 'number':
      return Number.isSafeInteger(value) ? 'INT64' : 'DOUBLE'
    case 'string':
      return 'STRING'
    default:
      return value === null || value === undefined ? undefined : 'JSON'
  }
}

function commonType(known: ColumnType | undefined, next: ColumnType | undefined): ColumnType | undefined {
  if (known === undefined || next === undefined || known === next) return known ?? next
  const areNumbers = known !== 'JSON' && [known, next].every((type) => type === 'INT64' || type === 'DOUBLE')
  return areNumbers ? 'DOUBLE' : 'JSON'
}
