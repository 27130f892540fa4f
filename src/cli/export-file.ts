import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { messageOf, SygraError } from '../errors.ts'
import { csvHead, csvLine, jsonLine } from '../exporters/tables/format-row.ts'
import { fileMode } from '../runtime/files/file-mode.ts'
import { replaceFile, writeTextFile } from '../workflow/sinks/replace-file.ts'
import { writeParquetTable } from './export-parquet.ts'
import type { TableToWrite } from './export-rows.ts'

export const tableFormats = ['csv', 'jsonl', 'parquet'] as const

export type TableFormat = (typeof tableFormats)[number]

/** Writes a table to a file, whole or not at all; gives how many rows it has. */
export async function writeTableFile(format: TableFormat, table: TableToWrite, path: string): Promise<number> {
  let count = 0
  try {
    await replaceFile(resolve(path), async (temporary) => {
      if (format === 'parquet') {
        // The writer makes a file that all may read, unless it is there.
        await (await open(temporary, 'w', fileMode())).close()
        count = await writeParquetTable(table, temporary)
      } else {
        await writeTextFile(temporary, async (write) => {
          count = await writeLines(format, table, write)
        })
      }
    })
  } catch (error) {
    if (error instanceof SygraError) throw error
    throw new SygraError('not_writable', `${path} cannot be written: ${messageOf(error)}`, { cause: error })
  }
  return count
}

/** Writes a table of lines to a stream, no faster than it is read; ends when nobody reads it any longer. */
export async function writeTableTo(
  stream: NodeJS.WriteStream,
  format: Exclude<TableFormat, 'parquet'>,
  table: TableToWrite,
): Promise<void> {
  let isGone = false
  let goOn = () => {}
  const onDrain = () => goOn()
  const onGone = () => {
    isGone = true
    goOn()
  }
  stream.on('drain', onDrain).on('close', onGone).on('error', onGone)
  try {
    await writeLines(format, table, async (text) => {
      const hasRoom = stream.write(text)
      if (!hasRoom && !isGone)
        await new Promise<void>((done) => {
          goOn = done
        })
      if (isGone) throw new ReaderGone()
    })
  } catch (error) {
    if (!(error instanceof ReaderGone)) throw error
  } finally {
    stream.off('drain', onDrain).off('close', onGone).off('error', onGone)
  }
}

class ReaderGone extends Error {}

async function writeLines(
  format: Exclude<TableFormat, 'parquet'>,
  { columns, rows }: TableToWrite,
  write: (text: string) => Promise<void>,
): Promise<number> {
  const line = format === 'csv' ? csvLine : jsonLine
  let count = 0
  if (format === 'csv') await write(`${csvHead(columns)}\n`)
  for await (const batch of rows) {
    count += batch.length
    if (batch.length > 0) await write(`${batch.map((row) => line(columns, row)).join('\n')}\n`)
  }
  return count
}
