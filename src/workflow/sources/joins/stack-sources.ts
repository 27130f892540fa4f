import { SygraError } from '../../../errors.ts'
import type { BadRecordOptions, ReadOptions, Row } from '../source.ts'
import type { JoinPart } from './join-part.ts'

/** Streams one source after the other, with the columns that all of them have. */
export async function* stackSources(parts: readonly JoinPart[], options: ReadOptions): AsyncGenerator<Row> {
  const columns = await commonColumns(parts, options)
  for (const { source } of parts) {
    for await (const row of source.rows(options)) {
      yield columns === undefined
        ? row
        : Object.fromEntries(columns.filter((column) => column in row).map((column) => [column, row[column]]))
    }
  }
}

/** The columns that the first records of all sources have; a source that does not tell its columns does not count. */
export async function commonColumns(
  parts: readonly JoinPart[],
  options?: BadRecordOptions,
): Promise<readonly string[] | undefined> {
  let common: readonly string[] | undefined
  for (const { source } of parts) {
    const { columns } = await source.check(options)
    if (columns !== undefined)
      common = common === undefined ? columns : common.filter((column) => columns.includes(column))
  }
  if (common?.length !== 0) return common
  throw new SygraError(
    'bad_config',
    'data_config.source: the sources to stack have no column in common; rename columns with a transformation',
  )
}
