import { resolve } from 'node:path'
import { SygraError } from '../../errors.ts'
import type { Row } from '../sources/source.ts'

/** A file that the rows of a run go to. */
export interface DataSink {
  readonly path: string
  readonly format: SinkFormat
  /** The part of each row it takes: of the columns `alias->name` those of its alias, without it; all when there is none. */
  readonly columns?: SinkColumns
}

/** The columns of one alias, or those without any. */
export type SinkColumns = { readonly alias: string } | 'without alias'

/** What a path does not say. */
interface SinkOptions {
  /** Default: told by the name: `.json`, `.jsonl`, `.csv`, `.parquet`. */
  readonly format?: SinkFormat
  /** Folder that a relative path starts at. Default: the working directory. */
  readonly directory?: string
}

/** Makes sinks. */
export const DataSink = {
  /** A file on disk; it is replaced when the run ends. */
  disk(path: string, { format, directory = '.' }: SinkOptions = {}): DataSink {
    return { path: resolve(directory, path), format: format ?? formatOfName(path) }
  },
}

function formatOfName(path: string): SinkFormat {
  const lower = path.toLowerCase()
  const format = lower.endsWith('.ndjson') ? 'jsonl' : sinkFormats.find((candidate) => lower.endsWith(`.${candidate}`))
  if (format !== undefined) return format
  throw new SygraError(
    'bad_argument',
    `${path}: cannot tell the format of the output from the name; set the format to one of ${sinkFormats.join(', ')}`,
  )
}

/** The formats that rows can be written in. */
export const sinkFormats = ['json', 'jsonl', 'csv', 'parquet'] as const

/** A format that rows can be written in. */
export type SinkFormat = (typeof sinkFormats)[number]

/** Rows, and the file they go to. */
export interface RowsToWrite {
  /** Gives the rows; formats that need to know all columns first ask twice. */
  readonly rows: () => AsyncIterable<Row>
  readonly path: string
}
