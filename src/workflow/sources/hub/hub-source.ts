import { type FileMetaData, parquetSchema } from 'hyparquet'
import { SygraError } from '../../../errors.ts'
import { fileKind } from '../files/disk-files.ts'
import { type Batches, flatten, untilStopped } from '../formats/parse-items.ts'
import { readParquet, readParquetMetadata } from '../formats/read-parquet.ts'
import { readText, type TextOptions } from '../formats/read-text.ts'
import { badRecordHandler } from '../records/bad-record.ts'
import { checkFirstRow } from '../records/precheck.ts'
import type { BadRecordOptions, ReadOptions, Row, Source, SourceCheck } from '../source.ts'
import { type ChosenFiles, chooseFiles, defaultRevision } from './choose-files.ts'
import { type RemoteFile, remoteBytes, remoteRanges } from './hub-bytes.ts'
import { createHubClient, type HubAccess } from './hub-client.ts'

/** Which part of a dataset to read, and how to reach the Hub. */
export interface HubOptions extends HubAccess, TextOptions {
  /** Configuration (also called subset). Default: the dataset's default one. */
  readonly config?: string
  /** One split, or several read one after the other. Default `train`, or the only one. */
  readonly split?: string | readonly string[]
  /** Branch, tag or commit. Default `main`. The commit it stands for is kept for the whole run. */
  readonly revision?: string
}

/** Datasets of more files than this are not counted before a run: each file costs a request. */
const maxCountedFiles = 16

/** A dataset of the Hugging Face Hub, read over HTTP: parquet by row group, other formats from start to end. Nothing is stored. */
export function hubSource(repoId: string, options: HubOptions = {}): Source {
  const client = createHubClient(options)
  const splits = typeof options.split === 'string' ? [options.split] : (options.split ?? [])
  const footers = new Map<string, FileMetaData>()
  let chosen: ChosenFiles | undefined

  async function choose(): Promise<ChosenFiles> {
    if (!/^[\w.-]+(\/[\w.-]+)?$/.test(repoId)) {
      throw new SygraError(
        'bad_config',
        `"${repoId}" is not the name of a dataset; expected owner/name, as in glaiveai/glaive-code-assistant-v2`,
      )
    }
    chosen ??= await chooseFiles(client, {
      repoId,
      revision: options.revision ?? defaultRevision,
      configName: options.config,
      splits,
    })
    return chosen
  }

  async function remoteFiles(signal?: AbortSignal): Promise<RemoteFile[]> {
    const { files } = await choose()
    return files.map(({ url, path, bytes }) => ({ client, url, bytes, name: `${repoId}/${path}`, signal }))
  }

  async function footer(file: RemoteFile): Promise<FileMetaData> {
    const metadata = footers.get(file.url) ?? (await readParquetMetadata(remoteRanges(file), file.name))
    footers.set(file.url, metadata)
    return metadata
  }

  async function* batches(read: ReadOptions): AsyncGenerator<Row[]> {
    let skip = read.startIndex ?? 0
    for (const file of await remoteFiles(read.signal)) {
      const met = yield* untilStopped(batchesOf(file, skip, read), read.signal)
      skip = Math.max(0, skip - met)
    }
  }

  async function* batchesOf(file: RemoteFile, skip: number, read: BadRecordOptions): Batches {
    const { name } = file
    const kind = fileKind(name)
    if (kind.format === 'parquet') {
      return yield* readParquet({ name, file: remoteRanges(file), metadata: await footer(file), skip })
    }
    return yield* readText({ ...options, name, kind, bytes: remoteBytes(file), skip, bad: badRecordHandler(read) })
  }

  async function check(bad?: BadRecordOptions): Promise<SourceCheck> {
    for (const file of await remoteFiles()) {
      if (fileKind(file.name).format !== 'parquet') return checkFirstRow(repoId, (read) => flatten(batches(read)), bad)
      // The footer tells whether there are rows; reading one would fetch a whole row group.
      const metadata = await footer(file)
      if (metadata.num_rows > 0n)
        return { columns: parquetSchema(metadata).children.map(({ element }) => element.name) }
    }
    throw new SygraError('bad_data', `${repoId}: there is no record; expected at least one`)
  }

  return {
    check,
    rows: (read = {}) => flatten(batches(read)),
    describe: () => ({
      sourceType: 'hf',
      sourcePath: repoId,
      datasetVersion: chosen?.datasetCommit,
      datasetHash: chosen?.filesCommit,
    }),
    async precheck(read) {
      await check(read)
      return { rows: 0, badRecords: 0, complete: false }
    },
    async count() {
      const files = await remoteFiles()
      const isCountable =
        files.length <= maxCountedFiles && files.every(({ name }) => fileKind(name).format === 'parquet')
      if (!isCountable) return undefined
      let rows = 0
      for (const file of files) rows += Number((await footer(file)).num_rows)
      return rows
    },
  }
}
