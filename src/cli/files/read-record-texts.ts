import { lstatSync, realpathSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Metadata } from '../../metadata/schema.ts'
import type { RecordTexts } from '../../studio/ledger/record-detail.ts'
import { findTask } from '../../workflow/find-task.ts'
import { readTask } from '../../workflow/load-task.ts'
import {
  type PromptContent,
  type PromptMessage,
  promptMessagesOf,
  promptSchema,
} from '../../workflow/nodes/chat/prompt.ts'
import { fillKnown } from '../../workflow/nodes/chat/template.ts'
import { DataSource } from '../../workflow/sources/data-source.ts'
import { isRow } from '../../workflow/sources/records/bad-record.ts'
import { identifiedRows } from '../../workflow/sources/records/record-id.ts'
import type { Row } from '../../workflow/sources/source.ts'

/** Larger outputs are not read for the sake of one row. */
const maxOutputBytes = 100_000_000
/** A row that comes later in the data is not looked for. */
const maxRows = 200_000
const maxValueLength = 20_000

/**
 * What a record was given and what it gave: its row of the data, its row of the output, and the prompts of the task as it is
 * now with the row put in. Nothing of it is in the files that sygra keeps of a run; it is put together when it is asked for.
 */
export async function readRecordTexts(
  metadata: Metadata,
  metadataPath: string,
  recordId: string,
): Promise<RecordTexts> {
  const task = taskOf(metadata.execution.task_name)
  const source = await sourceRow(metadata, task, recordId).catch(() => undefined)
  const output = await outputRow(metadata, metadataPath, { recordId, idColumn: task?.idColumn }).catch(() => undefined)
  return {
    ...(source === undefined ? {} : { source: textsOf(source) }),
    ...(output === undefined ? {} : { output: textsOf(output) }),
    prompts:
      source === undefined
        ? []
        : (task?.prompts ?? []).map(({ node, role, content }) => ({ node, role, text: filled(content, source) })),
  }
}

interface TaskTexts {
  readonly directory: string
  readonly idColumn: string | undefined
  readonly prompts: readonly PromptTemplate[]
}

interface PromptTemplate extends PromptMessage {
  readonly node: string
}

/** What the configuration of a task says; nothing of its code is run. */
function taskOf(name: string): TaskTexts | undefined {
  try {
    const found = findTask(name)
    if (found === undefined) return undefined
    const { config } = readTask(name)
    return {
      directory: dirname(found.path),
      idColumn: config.data_config?.id_column,
      prompts: templatesOf(config.graph_config.nodes),
    }
  } catch {
    return undefined
  }
}

function templatesOf(nodes: Readonly<Record<string, unknown>>): readonly PromptTemplate[] {
  return Object.entries(nodes).flatMap(([node, config]) => {
    const prompt = promptSchema.safeParse(isRow(config) ? config.prompt : undefined)
    if (!prompt.success) return []
    return promptMessagesOf(prompt.data).map(({ role, content }) => ({ node, role, content }))
  })
}

/** Values of the row in the place of their names, as the run puts them in; what only the run knew stays a name. */
function filled(content: PromptContent, row: Row): string {
  if (typeof content === 'string') return cut(fillKnown(content, row))
  const parts = content.map((part) => {
    switch (part.type) {
      case 'text':
        return fillKnown(part.text, row)
      case 'image_url':
        return `[image: ${fillKnown(addressOf(part.image_url), row)}]`
      case 'audio_url':
        return `[audio: ${fillKnown(addressOf(part.audio_url), row)}]`
      default:
        return part satisfies never
    }
  })
  return cut(parts.join('\n'))
}

function addressOf(address: string | { readonly url: string }): string {
  return typeof address === 'string' ? address : address.url
}

async function sourceRow(
  { dataset }: Metadata,
  task: TaskTexts | undefined,
  recordId: string,
): Promise<Row | undefined> {
  const { source_type, source_path } = dataset
  if (source_type !== 'disk' || !source_path || isAbsolute(source_path)) return undefined
  const path = [resolve(source_path), ...(task === undefined ? [] : [join(task.directory, source_path)])].find(
    isOwnFile,
  )
  if (path === undefined) return undefined
  const rows = identifiedRows(DataSource.disk(path).rows(), { idColumn: task?.idColumn, startIndex: 0 })
  let read = 0
  for await (const { id, row } of rows) {
    read += 1
    if (id === recordId) return row
    if (read >= maxRows) return undefined
  }
  return undefined
}

async function outputRow(
  { execution }: Metadata,
  metadataPath: string,
  { recordId, idColumn }: { readonly recordId: string; readonly idColumn: string | undefined },
): Promise<Row | undefined> {
  if (!execution.output_path) return undefined
  const path = besideMetadata(metadataPath, execution.output_path)
  if (!lstatSync(path).isFile() || lstatSync(path).size > maxOutputBytes) return undefined
  const text = await readFile(path, 'utf8')
  const rows: unknown = extname(path) === '.jsonl' ? text.split('\n').flatMap(parsed) : JSON.parse(text)
  if (!Array.isArray(rows)) return undefined
  return rows.find(
    (row): row is Row => isRow(row) && [row.id, row[idColumn ?? 'id']].some((id) => String(id) === recordId),
  )
}

/** A file of the project: a metadata file may name any, and only these are shown. */
function isOwnFile(path: string): boolean {
  try {
    const way = relative(realpathSync('.'), realpathSync(path))
    return lstatSync(path).isFile() && !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`)
  } catch {
    return false
  }
}

function parsed(line: string): unknown[] {
  try {
    return line === '' ? [] : [JSON.parse(line)]
  } catch {
    return []
  }
}

function textsOf(row: Row): Record<string, string> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value)]))
}

function textOf(value: unknown): string {
  return cut(typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? String(value)))
}

function cut(text: string): string {
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text
}

/**
 * Where a run puts a file of its output: beside its metadata, or beside the folder `metadata` that this is in. It is looked
 * for there, and never where a path in the metadata may lead.
 */
export function besideMetadata(metadataPath: string, name: string): string {
  const folder = dirname(metadataPath)
  return join(basename(folder) === 'metadata' ? dirname(folder) : folder, basename(name))
}
