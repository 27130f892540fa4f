import type { Row } from '../sources/source.ts'
import type { DataSink, RowsToWrite, SinkFormat } from './data-sink.ts'
import { replaceFile, writeTextFile } from './replace-file.ts'
import { notWritable } from './write-error.ts'
import { writeParquet } from './write-parquet.ts'

const writers: Readonly<Record<SinkFormat, (input: RowsToWrite) => Promise<void>>> = {
  json: writeJson,
  jsonl: writeJsonl,
  csv: writeCsv,
  parquet: writeParquet,
}

/** Writes rows to a sink by streaming; the file appears whole or not at all. */
export async function writeRows(sink: DataSink, rows: () => AsyncIterable<Row>, safe?: string): Promise<void> {
  try {
    await replaceFile(sink.path, (path) => writers[sink.format]({ rows, path }))
  } catch (error) {
    throw notWritable(sink.path, error, safe)
  }
}

/** Writes rows as a JSON array, indented by two spaces. */
async function writeJson({ rows, path }: RowsToWrite): Promise<void> {
  await writeTextFile(path, async (write) => {
    let isFirst = true
    for await (const row of rows()) {
      // JSON text has line ends between its parts only, never inside a string.
      const text = JSON.stringify(row, null, 2).replaceAll('\n', '\n  ')
      await write(`${isFirst ? '[' : ','}\n  ${text}`)
      isFirst = false
    }
    await write(isFirst ? '[]\n' : '\n]\n')
  })
}

/** Writes rows as JSON lines. */
async function writeJsonl({ rows, path }: RowsToWrite): Promise<void> {
  await writeTextFile(path, async (write) => {
    for await (const row of rows()) await write(`${JSON.stringify(row)}\n`)
  })
}

/**
 * Writes rows as CSV with the columns of all rows, in the order they are first seen. Missing values and null are empty fields;
 * objects and arrays are written as JSON.
 */
async function writeCsv({ rows, path }: RowsToWrite): Promise<void> {
  const seen = new Set<string>()
  for await (const row of rows()) for (const column of Object.keys(row)) seen.add(column)
  const columns = [...seen]
  await writeTextFile(path, async (write) => {
    if (columns.length > 0) await write(lineOf(columns))
    for await (const row of rows()) await write(lineOf(columns.map((column) => row[column])))
  })
}

function lineOf(values: readonly unknown[]): string {
  const fields = values.map(fieldOf)
  // A line of one empty field would be a blank line, which readers pass over.
  return fields.length === 1 && fields[0] === '' ? '""\n' : `${fields.join(',')}\n`
}

function fieldOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
