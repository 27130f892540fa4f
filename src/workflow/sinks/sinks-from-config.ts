import type { ConfigOrigin } from '../config/config-issue.ts'
import { parseEntry } from '../sources/parse-entry.ts'
import { DataSink } from './data-sink.ts'
import { type DataSinkConfig, dataSinkSchema } from './data-sink-schema.ts'

/** What a configuration does not say. */
export interface SinkContext {
  /** Folder that relative paths start at: the task's. */
  readonly directory: string
  /** Where the configuration came from, so that errors can say the line. */
  readonly origin?: ConfigOrigin
}

/** The sinks that `data_config.sink` describes, one or several; checks it first. */
export function sinksFromConfig(config: unknown, { directory, origin }: SinkContext): DataSink[] {
  const path = ['data_config', 'sink']
  const entries = Array.isArray(config)
    ? config.map((entry, index) => parseEntry(dataSinkSchema, entry, { path: [...path, index], origin }))
    : [parseEntry(dataSinkSchema, config, { path, origin })]
  return entries.map((entry) => sinkOf(entry, directory))
}

function sinkOf({ type, file_path, file_format, alias }: DataSinkConfig, directory: string): DataSink {
  const format = type === 'disk' ? file_format : type
  return { ...DataSink.disk(file_path, { format, directory }), alias }
}
