import type { RowWrite } from '../../runtime/ledger-entry.ts'
import { checksumOf } from '../../runtime/ledger-line.ts'
import type { LedgerWriter } from '../../runtime/ledger-writer.ts'
import { DataSink } from '../sinks/data-sink.ts'
import { openOutput } from '../sinks/output.ts'
import { rowToJson } from '../sinks/row-json.ts'
import type { Row } from '../sources/source.ts'
import { appendFailure, settleFailures } from './failures-file.ts'
import type { PastRun } from './past-run.ts'
import type { PreparedRun } from './prepare-run.ts'

/** What is known of a record whose row is written. */
export type WrittenRecord = Omit<RowWrite, 'type' | 'rowChecksum'>

/** Where the rows and the failures of a run go. */
export interface RunOutput {
  /** Resolves when the row has left the process. */
  readonly write: (row: Row, record: WrittenRecord) => Promise<void>
  /** Notes a record that failed, and why, beside the output. */
  readonly writeFailure: (recordId: string, error: unknown) => Promise<void>
  /** Waits until all rows are on the disk itself; puts the file back if it was removed. */
  readonly sync: () => Promise<void>
  /** Makes the output files of the rows. */
  readonly finish: () => Promise<void>
  /** Makes them as far as they go, and keeps what is needed to go on. */
  readonly pause: () => Promise<void>
}

export interface RunOutputOptions {
  readonly ledger: LedgerWriter | undefined
  /** Goes on behind the rows of a run that is taken up again. */
  readonly past: PastRun | undefined
}

/** Opens the output of a run. */
export async function openRunOutput(
  { files, definition }: PreparedRun,
  { ledger, past }: RunOutputOptions,
): Promise<RunOutput> {
  const sinks = [DataSink.disk(files.outputPath), ...definition.sinks] as const
  const output = await openOutput({ sinks, partPath: files.partPath, isResumed: past !== undefined })
  /** Ids of records whose failure is noted, or was by an earlier session. */
  const failed = new Set(past?.failed)
  const settle = async () => {
    if (past !== undefined) await settleFailures(files.failuresPath, (id) => failed.has(id))
  }
  await settle()
  return {
    write: async (row, record) => {
      const text = rowToJson(row)
      if (ledger !== undefined) {
        ledger.append({ type: 'row-write', ...record, rowChecksum: checksumOf(text) })
        // Before the row: a row in the file whose record nobody knows would be made again.
        await ledger.kept()
      }
      await output.appendText(text)
      if (record.repeatsFailure) failed.delete(record.recordId)
    },
    writeFailure: async (recordId, error) => {
      if (past !== undefined) failed.add(recordId)
      await appendFailure(files.failuresPath, { recordId, error })
    },
    sync: output.sync,
    finish: async () => {
      await output.finish()
      await settle()
    },
    pause: async () => {
      await output.pause()
      await settle()
    },
  }
}
