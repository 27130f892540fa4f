import { SygraError } from '../../../errors.ts'
import { shortHash } from '../formats/content-hash.ts'
import type { BadRecordOptions, Row } from '../source.ts'
import { badRecordHandler, kindOf } from './bad-record.ts'
import { canonicalJson } from './canonical-json.ts'

/** Which column gives a record its id. */
interface IdOptions {
  /** A column that every record has. `false`: always the content. Default: `id` where a record has one, else the content. */
  readonly idColumn?: string | false
}

/** The id of a record: its id column, else `id`, else 16 digits of the SHA-256 of its canonical JSON. */
export function recordIdOf(row: Row, options: IdOptions = {}): string {
  return explicitId(row, options) ?? shortHash(canonicalJson(row))
}

/**
 * Makes a function that gives each record of a run its own id and throws `bad_data` when an id column repeats.
 * Records without an id column may be equal: the second gets `<hash>-2`. Keeps every id it gave.
 */
export function createRecordIds(options: IdOptions = {}): (row: Row) => string {
  const seen = new Map<string, number>()
  return (row) => {
    const explicit = explicitId(row, options)
    const id = explicit ?? contentId(row)
    const times = (seen.get(id) ?? 0) + 1
    if (times > 1 && explicit !== undefined) throw repeatedId(id, options)
    seen.set(id, times)
    return times === 1 ? id : `${id}-${times}`
  }
}

/** What cannot be read whole, such as a row that contains itself, has a name all the same: its record fails by that name. */
function contentId(row: Row): string {
  try {
    return shortHash(canonicalJson(row))
  } catch {
    return 'unreadable'
  }
}

function explicitId(row: Row, { idColumn }: IdOptions): string | undefined {
  if (idColumn === false) return undefined
  const value = cellOf(row, idColumn ?? 'id')
  if (typeof value === 'string' && value !== '') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (idColumn === undefined) return undefined
  throw new SygraError(
    'bad_data',
    `column "${idColumn}" must give each record an id, a text or a number; found ${value === '' ? 'an empty text' : kindOf(value)}${columnsOf(row)}`,
  )
}

/** Undefined for a value whose getter throws. */
function cellOf(row: Row, column: string): unknown {
  try {
    return row[column]
  } catch {
    return undefined
  }
}

function columnsOf(row: Row): string {
  return ` in a record with the columns ${Object.keys(row).slice(0, 20).join(', ') || '(none)'}`
}

function repeatedId(id: string, { idColumn }: IdOptions): SygraError {
  const remedy =
    idColumn === undefined
      ? 'make the ids different, or name another column as id_column'
      : `make the ids different, or choose an id_column whose values do not repeat`
  return new SygraError(
    'bad_data',
    `id "${id}" in column "${idColumn ?? 'id'}" is used by more than one record; ${remedy}`,
  )
}

/** A record of a run. */
export interface IdentifiedRow {
  readonly row: Row
  /** See `recordIdOf`; unlike every other of the run. */
  readonly id: string
  /** Position in the source, from 0, bad records not counted. */
  readonly index: number
}

/** How records get their ids. */
interface IdentifyOptions extends IdOptions, BadRecordOptions {
  /** Position of the first row. Default 0. */
  readonly startIndex?: number
}

/** Gives each row its id and position; a missing or repeated id is a bad record. */
export async function* identifiedRows(
  rows: AsyncIterable<Row>,
  options: IdentifyOptions = {},
): AsyncGenerator<IdentifiedRow> {
  const bad = badRecordHandler(options)
  const idOf = createRecordIds(options)
  let index = options.startIndex ?? 0
  for await (const row of rows) {
    let id: string | undefined
    try {
      id = idOf(row)
    } catch (error) {
      if (!(error instanceof SygraError)) throw error
      bad({ where: `record ${index + 1}`, problem: error.message })
    }
    if (id !== undefined) yield { row, id, index }
    index += 1
  }
}
