import type { FileKind } from '../files/disk-files.ts'
import type { BadRecordHandler } from '../records/bad-record.ts'
import type { Batches } from './parse-items.ts'
import { gunzip } from './read-bytes.ts'
import type { CsvInput } from './read-csv.ts'
import { readJson } from './read-json.ts'
import { readJsonl } from './read-jsonl.ts'
import { decodeText } from './text-encoding.ts'

/** How the bytes of a text file become rows. */
export interface TextOptions {
  /** A WHATWG label or Python's name. Default: UTF-8, or UTF-16 where a byte order mark says so. */
  readonly encoding?: string
  /** Of CSV. Default: told from the first line. */
  readonly delimiter?: string
}

/** A text file to read, as bytes. */
interface TextFileInput extends TextOptions {
  readonly name: string
  readonly kind: FileKind
  readonly bytes: AsyncIterable<Uint8Array>
  readonly skip: number
  readonly bad: BadRecordHandler
}

/** Reads JSON, JSON lines or CSV from bytes, in batches; returns the number of records met. */
export function readText({ name, kind, bytes, skip, bad, encoding, delimiter }: TextFileInput): Batches {
  const unpacked = kind.isGzip ? gunzip(bytes, name) : bytes
  const text = decodeText(unpacked, { name, encoding })
  switch (kind.format) {
    case 'json':
      return readJson({ name, text, skip, bad })
    case 'jsonl':
      return readJsonl({ name, text, skip, bad })
    case 'csv':
      return csvBatches({ name, text, skip, bad, delimiter })
    case 'parquet':
      throw new Error(`${name}: parquet is not text`)
    default:
      return kind.format satisfies never
  }
}

// What parses CSV is loaded for CSV only: every run would wait for it.
async function* csvBatches(input: CsvInput): Batches {
  const { readCsv } = await import('./read-csv.ts')
  return yield* readCsv(input)
}
