import { SygraError } from '../../errors.ts'
import { badRecordHandler } from './bad-record.ts'
import { createRecordIds, type IdOptions } from './record-id.ts'
import type { BadRecordOptions, Row } from './source.ts'

/** A record of a run. */
export interface IdentifiedRow {
  readonly row: Row
  /** See `recordIdOf`; unlike every other of the run. */
  readonly id: string
  /** Position in the source, from 0, bad records not counted. */
  readonly index: number
}

/** How records get their ids. */
export interface IdentifyOptions extends IdOptions, BadRecordOptions {
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
