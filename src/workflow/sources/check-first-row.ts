import { SygraError } from '../../errors.ts'
import type { BadRecordOptions, Row, SourceCheck } from './source.ts'

/** Reads the first good record and gives its columns; throws `bad_data` when there is none. */
export async function checkFirstRow(
  name: string,
  read: (options: BadRecordOptions) => AsyncIterable<Row>,
  { onBadRecord = 'fail' }: BadRecordOptions = {},
): Promise<SourceCheck> {
  // What is skipped here is reported by the precheck or the run.
  for await (const row of read({ onBadRecord })) return { columns: Object.keys(row) }
  throw new SygraError('bad_data', `${name}: there is no record; expected at least one`)
}
