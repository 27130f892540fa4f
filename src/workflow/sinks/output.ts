import { rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SygraError } from '../../errors.ts'
import type { Row } from '../sources/source.ts'
import type { DataSink, SinkColumns } from './data-sink.ts'
import { openPartFile, partPathOf, readPartFile } from './part-file.ts'
import { checkWritable, notWritable } from './write-error.ts'
import { loadParquetWriter } from './write-parquet.ts'
import { writeRows } from './write-rows.ts'

/** Takes the rows of a run and makes its output files of them. */
export interface Output {
  /** Where the rows are until the run ends, as JSON lines. */
  readonly partPath: string
  /** Rows taken, those of an interrupted run included. */
  rows(): number
  /** See `PartFile.append`. */
  append(row: Row): Promise<void>
  /** See `PartFile.appendText`. */
  appendText(text: string): Promise<void>
  /** Waits until all rows are on the disk itself. */
  sync(): Promise<void>
  /** Makes the output files and removes the part file; gives the paths. When one cannot be written, the part file stays. */
  finish(): Promise<string[]>
  /** Ends for now: the part file stays, to be resumed, and the output files hold its rows; JSON lines are the part file. */
  pause(): Promise<void>
  /** See `PartFile.leave`. */
  leave(): Promise<string | undefined>
}

/** Where the rows go. */
interface OutputOptions {
  /** All get every row. The first one decides where the part file is. */
  readonly sinks: readonly [DataSink, ...DataSink[]]
  /** True: go on behind the rows of an interrupted run. Default false. */
  readonly isResumed?: boolean
  /** Default: beside the first sink. */
  readonly partPath?: string
}

/** Finds out before anything is spent whether all sinks can be written: folders, names, packages. */
export async function checkSinks(sinks: readonly DataSink[]): Promise<void> {
  const repeated = sinks.find(({ path }, index) => sinks.findIndex((sink) => sink.path === path) !== index)
  if (repeated !== undefined)
    throw new SygraError('bad_argument', `${repeated.path}: two sinks write to this file; give each its own`)
  for (const { path, format } of sinks) {
    await checkWritable(dirname(path))
    const isFolder = await stat(path).then(
      (status) => status.isDirectory(),
      () => false,
    )
    if (isFolder) throw new SygraError('not_writable', `${path}: is a folder; name a file`)
    if (format === 'parquet') await loadParquetWriter()
  }
}

async function moveFile(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: unknown) => {
    throw notWritable(to, error, `all rows are kept in ${from}`)
  })
}

const aliasJoiner = '->'

/** The rows of a sink: whole, or the columns it takes. A row without any of these is not written. */
async function* rowsFor({ columns }: DataSink, partPath: string): AsyncGenerator<Row> {
  for await (const row of readPartFile(partPath)) {
    const entries = columns === undefined ? undefined : Object.entries(row).flatMap((entry) => partOf(entry, columns))
    if (entries === undefined) yield row
    else if (entries.length > 0) yield Object.fromEntries(entries)
  }
}

function partOf([name, value]: [string, unknown], columns: SinkColumns): [string, unknown][] {
  const at = name.indexOf(aliasJoiner)
  if (columns === 'without alias') return at < 0 ? [[name, value]] : []
  return at >= 0 && name.slice(0, at) === columns.alias ? [[name.slice(at + aliasJoiner.length), value]] : []
}

/** Opens the output of a run. Memory does not grow with the rows: they are in the part file. */
export async function openOutput({
  sinks,
  isResumed,
  partPath = partPathOf(sinks[0].path),
}: OutputOptions): Promise<Output> {
  const part = await openPartFile({ path: partPath, isResumed })

  async function finish(): Promise<string[]> {
    await part.sync()
    await part.close()
    const [only] = sinks
    const isRenamed =
      sinks.length === 1 && only.format === 'jsonl' && !only.columns && dirname(only.path) === dirname(partPath)
    if (isRenamed) await moveFile(partPath, only.path)
    else {
      for (const sink of sinks) await writeRows(sink, () => rowsFor(sink, partPath), `all rows are kept in ${partPath}`)
      await rm(partPath, { force: true })
    }
    return sinks.map(({ path }) => path)
  }

  async function pause(): Promise<void> {
    await part.sync()
    await part.close()
    for (const sink of sinks) {
      if (sink.format === 'jsonl' && !sink.columns) continue
      await writeRows(sink, () => rowsFor(sink, partPath), `all rows are kept in ${partPath}`)
    }
  }

  const { rows, append, appendText, sync, leave } = part
  return { partPath, rows, append, appendText, sync, finish, pause, leave }
}
