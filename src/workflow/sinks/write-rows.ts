import type { Row } from '../sources/source.ts'
import type { DataSink } from './data-sink.ts'
import { replaceFile } from './replace-file.ts'
import type { SinkFormat } from './sink-format.ts'
import { writeCsv } from './write-csv.ts'
import { notWritable } from './write-error.ts'
import { writeJson } from './write-json.ts'
import { writeJsonl } from './write-jsonl.ts'
import { writeParquet } from './write-parquet.ts'

/** Rows, and the file they go to. */
export interface RowsToWrite {
  /** Gives the rows; formats that need to know all columns first ask twice. */
  readonly rows: () => AsyncIterable<Row>
  readonly path: string
}

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
