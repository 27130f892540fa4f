import Papa from 'papaparse'
import { SygraError } from '../../../errors.ts'
import type { Row } from '../source.ts'
import { type Batches, parseItems } from './parse-items.ts'
import type { TextInput } from './read-jsonl.ts'

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

/** One row of a CSV file: its fields, the line it begins on, and what is wrong with its quotes. */
export interface CsvFields {
  readonly fields: readonly string[]
  readonly line: number
  readonly problem?: string
}

/** What is known of a CSV file before reading it. */
interface CsvText {
  /** Name of the file in messages. */
  readonly name: string
  readonly text: AsyncIterable<string>
  /** Default: told from the first line. */
  readonly delimiter?: string
}

/** A row longer than this is a quote that is never closed, not data. */
const maxRowCharacters = 64 * 1024 * 1024

/** Cuts CSV text, coming in pieces, into rows of fields; blank lines are left out. */
export async function* splitCsv({ name, text, delimiter: given }: CsvText): AsyncGenerator<CsvFields[]> {
  let rest = ''
  let line = 1
  let dialect: CsvDialect | undefined
  let stated: string | undefined
  // A row cut by the end of a piece is parsed again; waiting until the text has doubled keeps the work linear.
  let enough = 0
  for await (const piece of text) {
    rest += piece
    if (rest.length < enough) continue
    if (dialect === undefined) {
      ;[rest, line, stated] = withoutSeparatorLine(rest, stated)
      dialect = csvDialect(rest)
    }
    const delimiter = given ?? stated
    const parsed =
      dialect === undefined
        ? nothing
        : parse(rest, { ...dialect, ...(delimiter && { delimiter }), line, isLast: false })
    enough = parsed.characters === 0 ? rest.length * 2 : 0
    line = parsed.line
    rest = rest.slice(parsed.characters)
    if (parsed.rows.length > 0) yield parsed.rows
    if (rest.length > maxRowCharacters) throw neverEnds(name, line)
  }
  if (dialect === undefined) {
    ;[rest, line, stated] = withoutSeparatorLine(rest, stated)
    dialect = csvDialect(rest, true)
  }
  const delimiter = given ?? stated
  if (rest === '' || dialect === undefined) return
  const { rows } = parse(rest, { ...dialect, ...(delimiter && { delimiter }), line, isLast: true })
  if (rows.length > 0) yield rows
}

/** Excel writes `sep=;` as a first line of its own, which says how the fields are separated and is no data. */
function withoutSeparatorLine(text: string, stated: string | undefined): [string, number, string | undefined] {
  const found = stated === undefined ? /^"?sep=([^"\r\n])"?(\r\n|\n|\r(?=[^\n]))/i.exec(text) : null
  return found === null ? [text, stated === undefined ? 1 : 2, stated] : [text.slice(found[0].length), 2, found[1]]
}

interface ParsedCsv {
  readonly rows: CsvFields[]
  /** Characters that are done with. */
  readonly characters: number
  readonly line: number
}

const nothing: ParsedCsv = { rows: [], characters: 0, line: 1 }

function parse(text: string, options: CsvDialect & { readonly line: number; readonly isLast: boolean }): ParsedCsv {
  const { delimiter, newline, isLast } = options
  const parser = new Papa.Parser({ delimiter, newline })
  const { data, errors, meta }: Papa.ParseResult<string[]> = parser.parse(text, 0, !isLast)
  const problems = new Map(errors.map((error) => [error.row, error.message]))
  const rows: CsvFields[] = []
  let line = options.line
  for (const [index, fields] of data.entries()) {
    const problem = problems.get(index)
    const last = fields.at(-1)
    if (last?.endsWith('\r')) fields[fields.length - 1] = last.slice(0, -1)
    const isEmpty = fields.length === 1 && fields[0]?.trim() === ''
    if (!isEmpty) rows.push(problem === undefined ? { fields, line } : { fields, line, problem })
    line += 1
    for (const field of fields) if (field.includes(newline)) line += field.split(newline).length - 1
  }
  return { rows, line, characters: isLast ? text.length : meta.cursor }
}

function neverEnds(name: string, line: number): SygraError {
  return new SygraError(
    'bad_data',
    `${name}:${line}: the row that begins here does not end within 64 MB; a closing quote is missing`,
  )
}

/** How a CSV file separates fields and lines. */
interface CsvDialect {
  readonly delimiter: string
  /** `\n` also stands for `\r\n`. */
  readonly newline: '\n' | '\r'
}

const delimiters = [',', '\t', ';', '|']

/** The dialect told by the first line: the delimiter that occurs most outside quotes, and the line end. Undefined before the line is whole. */
function csvDialect(start: string, isWhole = false): CsvDialect | undefined {
  const end = endOfLine(start)
  // A carriage return at the very end may be half of a line end.
  if (!isWhole && (end === start.length || (start[end] === '\r' && end === start.length - 1))) return undefined
  const header = start.slice(0, end).replaceAll(/"(?:[^"]|"")*"/g, '')
  const counts = delimiters.map((delimiter) => header.split(delimiter).length)
  const newline = start[end] === '\r' && start[end + 1] !== '\n' ? '\r' : '\n'
  return { delimiter: delimiters[counts.indexOf(Math.max(...counts))] ?? ',', newline }
}

/** Index of the first line end outside quotes, or the length of the text. */
function endOfLine(text: string): number {
  let isInQuotes = false
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (character === '"') isInQuotes = !isInQuotes
    else if (!isInQuotes && (character === '\n' || character === '\r')) return index
  }
  return text.length
}
