import type { Row } from '../sources/source.ts'

/** How a column is stored: one kind of value, or JSON where they differ. */
export type ColumnType = 'BOOLEAN' | 'INT64' | 'DOUBLE' | 'STRING' | 'JSON'

/** The type of each column over all rows, in the order they are first seen; a column of nulls is text. */
export async function columnTypes(rows: AsyncIterable<Row>): Promise<ReadonlyMap<string, ColumnType>> {
  const types = new Map<string, ColumnType | undefined>()
  for await (const row of rows) {
    for (const [column, value] of Object.entries(row)) types.set(column, commonType(types.get(column), typeOf(value)))
  }
  return new Map([...types].map(([column, type]) => [column, type ?? 'STRING']))
}

/** A value as its column stores it. */
export function storedValue(value: unknown, type: ColumnType): unknown {
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
