import type { Row } from '../sources/source.ts'
import type { DataSink, RowsToWrite, SinkFormat } from './data-sink.ts'
import { replaceFile } from './replace-file.ts'
import { notWritable } from './write-error.ts'
import { writeParquet } from './write-parquet.ts'
import { writeCsv, writeJson, writeJsonl } from './write-text.ts'

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
