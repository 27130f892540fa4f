import { resolve } from 'node:path'
import { SygraError } from '../../errors.ts'
import type { ConfigOrigin } from '../graph/config-issue.ts'
import { parseEntry } from '../sources/parse-entry.ts'
import { type DataSinkConfig, dataSinkSchema } from './data-sink-schema.ts'
import { type SinkFormat, sinkFormats } from './sink-format.ts'

/** A file that the rows of a run go to. */
export interface DataSink {
  readonly path: string
  readonly format: SinkFormat
  readonly alias?: string
}

/** What a path does not say. */
export interface SinkOptions {
  /** Default: told by the name: `.json`, `.jsonl`, `.csv`, `.parquet`. */
  readonly format?: SinkFormat
  /** Folder that a relative path starts at. Default: the working directory. */
  readonly directory?: string
}

/** What a configuration does not say. */
export interface SinkContext {
  /** Folder that relative paths start at: the task's. */
  readonly directory: string
  /** Where the configuration came from, so that errors can say the line. */
  readonly origin?: ConfigOrigin
}

/** Makes sinks. */
export const DataSink = {
  /** A file on disk; it is replaced when the run ends. */
  disk(path: string, { format, directory = '.' }: SinkOptions = {}): DataSink {
    return { path: resolve(directory, path), format: format ?? formatOfName(path) }
  },

  /** The sinks that `data_config.sink` describes, one or several; checks it first. */
  fromConfig(config: unknown, { directory, origin }: SinkContext): DataSink[] {
    const path = ['data_config', 'sink']
    const entries = Array.isArray(config)
      ? config.map((entry, index) => parseEntry(dataSinkSchema, entry, { path: [...path, index], origin }))
      : [parseEntry(dataSinkSchema, config, { path, origin })]
    return entries.map((entry) => sinkOf(entry, directory))
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

function sinkOf({ type, file_path, file_format, alias }: DataSinkConfig, directory: string): DataSink {
  const format = type === 'disk' ? file_format : type
  return { ...DataSink.disk(file_path, { format, directory }), alias }
}
