import { SygraError } from '../../../errors.ts'
import type { Row } from '../source.ts'
import { type Batches, parseItems } from './parse-items.ts'
import type { TextInput } from './read-jsonl.ts'
import { type CsvFields, splitCsv } from './split-csv.ts'

/** A CSV file to read. */
export interface CsvInput extends TextInput {
  /** Default: told from the first line: comma, tab, semicolon or bar. */
  readonly delimiter?: string
}

/**
 * Reads CSV in batches; the first line names the columns and every value is text, as it stands in the file. A column without
 * a name is called `Unnamed: 0` by its place, as in Python.
 * Returns the number of records met.
 */
export function readCsv({ name, text, skip, bad, delimiter }: CsvInput): Batches {
  const columns: string[] = []
  return parseItems({
    items: afterHeader(splitCsv({ name, text, delimiter }), (header) => columns.push(...columnsOf(header, name))),
    skip,
    parse: ({ fields, line, problem }) => {
      const where = `${name}:${line}`
      if (problem !== undefined) {
        bad({ where, problem: `${problem.toLowerCase()}; a quote inside a quoted field is written twice` })
        return undefined
      }
      if (fields.length !== columns.length) {
        bad({ where, problem: `expected ${columns.length} fields (${columns.join(', ')}), found ${fields.length}` })
        return undefined
      }
      const row: Row = {}
      columns.forEach((column, index) => {
        row[column] = fields[index]
      })
      return row
    },
  })
}

async function* afterHeader(
  batches: AsyncIterable<CsvFields[]>,
  use: (header: CsvFields) => void,
): AsyncGenerator<CsvFields[]> {
  let isHeaderRead = false
  for await (const batch of batches) {
    const [header] = batch
    if (isHeaderRead || header === undefined) {
      yield batch
      continue
    }
    use(header)
    isHeaderRead = true
    yield batch.slice(1)
  }
}

function columnsOf({ fields, line, problem }: CsvFields, name: string): string[] {
  // As pandas names them: it writes its index without a name, and spreadsheets end lines in a comma.
  const columns = fields.map((field, index) => field.trim() || `Unnamed: ${index}`)
  const where = `${name}:${line}`
  if (problem !== undefined)
    throw new SygraError('bad_data', `${where}: ${problem.toLowerCase()} in the line of column names`)
  if (fields.every((field) => field.trim() === ''))
    throw new SygraError('bad_data', `${where}: no column has a name; the first line must name the columns`)
  if (columns.includes('__proto__'))
    throw new SygraError('bad_data', `${where}: a column named "__proto__" cannot be carried; rename it`)
  const repeated = columns.find((column, index) => columns.indexOf(column) !== index)
  if (repeated !== undefined)
    throw new SygraError('bad_data', `${where}: two columns are named "${repeated}"; give each its own name`)
  return columns
}
