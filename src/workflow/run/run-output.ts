import { appendFile } from 'node:fs/promises'
import { messageOf } from '../../errors.ts'
import { redactText } from '../../runtime/redact.ts'
import { DataSink } from '../sinks/data-sink.ts'
import { openOutput } from '../sinks/output.ts'
import type { Row } from '../sources/source.ts'
import type { PreparedRun } from './prepare-run.ts'

/** Where the rows and the failures of a run go. */
export interface RunOutput {
  /** Resolves when the row has left the process. */
  readonly write: (row: Row) => Promise<void>
  /** Notes a record that failed, and why, beside the output. */
  readonly writeFailure: (recordId: string, error: unknown) => Promise<void>
  /** Makes the output files of the rows. */
  readonly finish: () => Promise<void>
}

/** Opens the output of a run. */
export async function openRunOutput({ files, definition }: PreparedRun): Promise<RunOutput> {
  const output = await openOutput({ sinks: [DataSink.disk(files.outputPath), ...definition.sinks] })
  return {
    write: (row) => output.append(row),
    writeFailure: async (recordId, error) => {
      const line = JSON.stringify({ id: recordId, error: redactText(messageOf(error)) })
      // The failure is in the metadata whether or not it can be written here.
      await appendFile(files.failuresPath, `${line}\n`).catch(() => {})
    },
    finish: async () => {
      await output.finish()
    },
  }
}
