import { SygraError } from '../../../errors.ts'
import type { BadRecordOptions, Precheck, PrecheckOptions, Row, SourceCheck } from '../source.ts'
import { identifiedRows } from './record-id.ts'

/** Records of a source too large to be parsed whole that are looked at before a run. */
export const precheckRows = 1_000

/** Files up to this size, 64 MB, are parsed whole before a run. */
export const maxPrecheckBytes = 64 * 1024 * 1024

/** What to look through. */
interface Scan extends PrecheckOptions {
  /** Reads the records. */
  readonly read: (options: BadRecordOptions) => AsyncIterable<Row>
  /** Most records to look at. Default: all. */
  readonly maxRows?: number
}

/** Reads records without using them, to find bad ones and repeated ids. */
export async function scanRows({ read, maxRows = Number.POSITIVE_INFINITY, ...options }: Scan): Promise<Precheck> {
  const { numRecords = Number.POSITIVE_INFINITY } = options
  const limit = Math.min(maxRows, numRecords)
  if (limit <= 0) return { rows: 0, badRecords: 0, complete: true }
  let badRecords = 0
  const badOptions: BadRecordOptions = {
    onBadRecord: options.onBadRecord ?? 'fail',
    onBad: (bad) => {
      badRecords += 1
      options.onBad?.(bad)
    },
  }
  let rows = 0
  for await (const _ of identifiedRows(read(badOptions), { ...options, ...badOptions })) {
    rows += 1
    options.signal?.throwIfAborted()
    if (rows >= limit) return { rows, badRecords, complete: limit === numRecords }
  }
  return { rows, badRecords, complete: true }
}

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
