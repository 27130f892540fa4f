import { appendFile, rm } from 'node:fs/promises'
import { messageOf } from '../../errors.ts'
import type { RowWrite } from '../../runtime/ledger-entry.ts'
import { checksumOf } from '../../runtime/ledger-line.ts'
import type { LedgerWriter } from '../../runtime/ledger-writer.ts'
import { redactText } from '../../runtime/redact.ts'
import { DataSink } from '../sinks/data-sink.ts'
import { openOutput } from '../sinks/output.ts'
import { rowToJson } from '../sinks/row-json.ts'
import type { Row } from '../sources/source.ts'
import type { PreparedRun } from './prepare-run.ts'

/** What is known of a record whose row is written. */
export type WrittenRecord = Pick<RowWrite, 'recordId' | 'durationSeconds' | 'costPicodollars' | 'repeatsFailure'>

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
  /** Goes on behind the rows that are there. */
  readonly isResumed: boolean
  /** Failures noted earlier are done again, and noted anew if they fail again. */
  readonly forgetsFailures: boolean
}

/** Opens the output of a run. */
export async function openRunOutput(
  { files, definition }: PreparedRun,
  { ledger, isResumed, forgetsFailures }: RunOutputOptions,
): Promise<RunOutput> {
  const sinks = [DataSink.disk(files.outputPath), ...definition.sinks] as const
  const output = await openOutput({ sinks, partPath: files.partPath, isResumed })
  if (forgetsFailures) await rm(files.failuresPath, { force: true })
  return {
    write: async (row, record) => {
      const text = rowToJson(row)
      if (ledger !== undefined) {
        ledger.append({ type: 'row-write', ...record, rowChecksum: checksumOf(text) })
        // Before the row: a row in the file whose record nobody knows would be made again.
        await ledger.kept()
      }
      await output.appendText(text)
    },
    writeFailure: async (recordId, error) => {
      const line = JSON.stringify({ id: recordId, error: redactText(messageOf(error)) })
      // The failure is in the metadata whether or not it can be written here.
      await appendFile(files.failuresPath, `${line}\n`).catch(() => {})
    },
    sync: output.sync,
    finish: async () => {
      await output.finish()
    },
    pause: output.pause,
  }
}
