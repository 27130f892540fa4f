import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { closedObject } from '../config/closed-object.ts'
import { type ConfigOrigin, throwIssues } from '../config/config-issue.ts'
import { valueIn } from '../config/config-value.ts'
import { gatherNow } from '../gather.ts'
import { type EntryPlace, parseEntry } from '../sources/parse-entry.ts'
import { DataSink, type SinkColumns, sinkFormats } from './data-sink.ts'

/** What a configuration does not say. */
interface SinkContext {
  /** Folder that relative paths start at: the task's. */
  readonly directory: string
  /** Where the configuration came from, so that errors can say the line. */
  readonly origin?: ConfigOrigin
}

/** The sinks that `data_config.sink` describes, one or several; checks it first. */
export function sinksFromConfig(config: unknown, { directory, origin }: SinkContext): DataSink[] {
  const path = ['data_config', 'sink']
  const entries = Array.isArray(config)
    ? gatherNow(config.map((entry, index) => () => parseSink(entry, { path: [...path, index], origin })))
    : [parseSink(config, { path, origin })]
  const hasAliases = entries.some(({ alias }) => alias !== undefined)
  return entries.map(({ alias, ...entry }) => {
    const columns: SinkColumns | undefined =
      alias === undefined ? (hasAliases ? 'without alias' : undefined) : { alias }
    return { ...sinkOf(entry, directory), columns }
  })
}

const notWrittenTo: Readonly<Record<string, string>> = {
  servicenow: 'ServiceNow is no sink here: write a file (json, jsonl, csv, parquet) and import that',
  hf: 'the Hugging Face Hub is no sink here: write a file (parquet) and upload that with `hf upload`',
}

function parseSink(entry: unknown, place: EntryPlace): DataSinkConfig {
  const message = notWrittenTo[String(valueIn(entry, ['type']))]
  if (message !== undefined) {
    throwIssues([{ code: 'bad_config', path: [...place.path, 'type'], message }], place.origin)
  }
  return parseEntry(dataSinkSchema, entry, place)
}

function sinkOf({ type, file_path, file_format }: Omit<DataSinkConfig, 'alias'>, directory: string): DataSink {
  const format = type === 'disk' ? file_format : type
  return DataSink.disk(file_path, { format, directory: startOf(file_path, directory) })
}

/** Where a path starts: at the task, or, where the folder it names is only there, where one runs, as in the Python system. */
function startOf(path: string, directory: string): string {
  const isIn = (start: string) => existsSync(dirname(resolve(start, path)))
  return dirname(path) !== '.' && !isIn(directory) && isIn('.') ? '.' : directory
}

/** One entry of `data_config.sink` in a task's configuration. */
const dataSinkSchema = closedObject({
  type: z.enum([...sinkFormats, 'disk']).describe('the format; disk: told by file_format or the name of the file'),
  file_path: z.string().min(1).describe('relative to the task, or to where one runs when the folder is only there'),
  file_format: z.enum(sinkFormats).optional().describe('for type disk'),
  alias: z
    .string()
    .min(1)
    .optional()
    .describe('takes the columns alias->name of each row, as name; the other sinks those without an alias'),
  encoding: z.enum(['utf-8', 'utf8']).optional().describe('always utf-8'),
})

/** One entry of `data_config.sink`, as configured. */
type DataSinkConfig = z.infer<typeof dataSinkSchema>
