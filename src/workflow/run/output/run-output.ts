import { appendFile } from 'node:fs/promises'
import { messageOf } from '../../../errors.ts'
import { fileLines } from '../../../runtime/files/file-lines.ts'
import { fileMode } from '../../../runtime/files/file-mode.ts'
import type { RowWrite } from '../../../runtime/ledger/ledger-entry.ts'
import { checksumOf } from '../../../runtime/ledger/ledger-line.ts'
import type { LedgerWriter } from '../../../runtime/ledger/ledger-writer.ts'
import { redactLongText } from '../../../runtime/redact.ts'
import { DataSink } from '../../sinks/data-sink.ts'
import { openOutput } from '../../sinks/output.ts'
import { replaceFile, writeTextFile } from '../../sinks/replace-file.ts'
import { rowToJson } from '../../sinks/row-json.ts'
import type { Row } from '../../sources/source.ts'
import type { PastRun } from '../past/past-run.ts'
import type { PreparedRun } from '../prepare/prepare-run.ts'
import type { RunHold } from '../run-hold.ts'
import { mayHoldMedia, moveMediaToFiles } from './media-files.ts'

/** What is known of a record whose row is written. */
export type WrittenRecord = Omit<RowWrite, 'type' | 'rowChecksum'>

/** A row, and its JSON text in one line. */
export interface WrittenRow {
  /** Undefined where another process made it and nobody here wants it. */
  readonly row: Row | undefined
  readonly text: string
}

/** Where the rows and the failures of a run go. */
export interface RunOutput {
  /** The row with its images and sounds in files, and their paths in their places; as it is where no files are written. */
  readonly withMediaInFiles: (row: WrittenRow, recordId: string) => Promise<WrittenRow>
  /**
   * Takes a row as JSON text in one line; resolves with its checksum when it has left the process, with undefined where
   * another process has the run: then the record is that one's.
   */
  readonly write: (text: string, record: WrittenRecord) => Promise<string | undefined>
  /** Notes a record that failed, and why, beside the output; false where another process has the run. */
  readonly writeFailure: (recordId: string, error: unknown) => Promise<boolean>
  /** Waits until all rows are on the disk itself; puts the file back if it was removed. */
  readonly sync: () => Promise<void>
  /** Makes the output files of the rows. */
  readonly finish: () => Promise<void>
  /** Makes them as far as they go, and keeps what is needed to go on. */
  readonly pause: () => Promise<void>
  /**
   * Leaves the files to the process that has the run. Rows that are in none of its files, because the folder was removed,
   * are kept beside them; gives where, and undefined where there are none.
   */
  readonly leave: () => Promise<string | undefined>
}

interface RunOutputOptions {
  readonly ledger: LedgerWriter | undefined
  /** Goes on behind the rows of a run that is taken up again. */
  readonly past: PastRun | undefined
  readonly hold: RunHold
}

/** Of a run that writes no files: its rows and failures are in its result alone. */
const noFiles: RunOutput = {
  withMediaInFiles: async (row) => row,
  write: async (text) => checksumOf(text),
  writeFailure: async () => true,
  sync: async () => {},
  finish: async () => {},
  pause: async () => {},
  leave: async () => undefined,
}

/** Opens the output of a run. */
export async function openRunOutput(
  { files, definition }: PreparedRun,
  { ledger, past, hold }: RunOutputOptions,
): Promise<RunOutput> {
  if (files === undefined) return noFiles
  const sinks = [DataSink.disk(files.outputPath), ...definition.sinks] as const
  const output = await openOutput({ sinks, partPath: files.partPath, isResumed: past !== undefined })
  /** Ids of records whose failure is noted, or was by an earlier session. */
  const failed = new Set(past?.failed)
  const settle = async () => {
    if (past !== undefined) await settleFailures(files.failuresPath, (id) => failed.has(id))
  }
  await settle()
  return {
    withMediaInFiles: async (row, recordId) => {
      if (!mayHoldMedia(row.text) || !hold.isOurs()) return row
      const moved = await moveMediaToFiles(row.row ?? JSON.parse(row.text), { outputPath: files.outputPath, recordId })
      return { row: row.row === undefined ? undefined : moved, text: rowToJson(moved) }
    },
    write: async (text, record) => {
      if (hold.loss() !== undefined) return undefined
      const rowChecksum = checksumOf(text)
      if (ledger !== undefined) {
        ledger.append({ type: 'row-write', ...record, rowChecksum })
        // Before the row: a row in the file whose record nobody knows would be made again.
        await ledger.kept()
      }
      if (!hold.isOurs()) return undefined
      await output.appendText(text)
      if (record.repeatsFailure) failed.delete(record.recordId)
      return rowChecksum
    },
    writeFailure: async (recordId, error) => {
      if (!hold.isOurs()) return false
      if (past !== undefined) failed.add(recordId)
      await appendFailure(files.failuresPath, { recordId, error })
      return true
    },
    sync: async () => {
      if (hold.isOurs()) await output.sync()
    },
    leave: output.leave,
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

const maxFailureText = 4_096

/** What a failure says, without secrets; what is longer than 4 KB, such as a page of a proxy, is cut. */
export function failureText(error: unknown): string {
  const text = messageOf(error)
  const kept = redactLongText(text, maxFailureText)
  return text.length > maxFailureText ? `${kept} (${text.length} characters)` : kept
}

/** Notes a record that failed, and why. The failure is in the metadata whether or not it can be written here. */
async function appendFailure(path: string, { recordId, error }: { recordId: string; error: unknown }) {
  const line = JSON.stringify({ id: recordId, error: failureText(error) })
  await appendFile(path, `${line}\n`, { mode: fileMode() }).catch(() => {})
}

/** Leaves of each record that has failed for good its last line, and none of those that were done again and succeeded. */
async function settleFailures(path: string, hasFailed: (recordId: string) => boolean): Promise<void> {
  const lastLines = new Map<string, number>()
  let lines = 0
  for await (const line of fileLines(path)) {
    const id = idIn(line)
    if (id !== undefined && hasFailed(id)) lastLines.set(id, lines)
    lines += 1
  }
  if (lines === lastLines.size) return
  await replaceFile(path, (temporary) =>
    writeTextFile(temporary, async (write) => {
      let number = 0
      for await (const line of fileLines(path)) {
        if (lastLines.get(idIn(line) ?? '') === number) await write(`${line.toString('utf8')}\n`)
        number += 1
      }
    }),
  ).catch(() => {})
}

function idIn(line: Buffer): string | undefined {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'))
    if (typeof value !== 'object' || value === null || !('id' in value)) return undefined
    return typeof value.id === 'string' ? value.id : undefined
  } catch {
    return undefined
  }
}
