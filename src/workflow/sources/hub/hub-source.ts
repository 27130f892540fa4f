import { type FileMetaData, parquetSchema } from 'hyparquet'
import { SygraError } from '../../../errors.ts'
import { fileKind } from '../files/disk-files.ts'
import type { ParquetBytes } from '../formats/parquet-file.ts'
import { type Batches, flatten, untilStopped } from '../formats/parse-items.ts'
import { readParquet, readParquetMetadata } from '../formats/read-parquet.ts'
import { readText, type TextOptions } from '../formats/read-text.ts'
import { badRecordHandler } from '../records/bad-record.ts'
import { checkFirstRow } from '../records/precheck.ts'
import type { BadRecordOptions, ReadOptions, Row, Source, SourceCheck } from '../source.ts'
import { type ChosenFiles, chooseFiles, defaultRevision } from './choose-files.ts'
import { createHubClient, type HubAccess, type HubClient } from './hub-client.ts'

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

/** A file of the Hub to read. */
interface RemoteFile {
  readonly client: HubClient
  readonly url: string
  /** Name in messages. */
  readonly name: string
  readonly bytes: number
  readonly signal?: AbortSignal
}

/** Reads a remote file by ranges. */
function remoteRanges({ client, url, name, bytes, signal }: RemoteFile): ParquetBytes {
  return {
    byteLength: bytes,
    slice: (start, end = bytes) =>
      start >= end
        ? Promise.resolve(new ArrayBuffer(0))
        : client.get(url, { what: name, headers: rangeOf(start, end), signal }, async (response) => {
            const body = await response.arrayBuffer()
            // A server without ranges sends the whole file.
            return response.status === 206 ? body : body.slice(start, end)
          }),
  }
}

/** Reads a remote file from start to end; a connection that breaks is taken up where it broke. */
async function* remoteBytes({ client, url, name, signal }: RemoteFile): AsyncGenerator<Uint8Array> {
  let offset = 0
  let failures = 0
  for (;;) {
    const body = await openBody({ client, url, name, offset, signal })
    try {
      for await (const chunk of body) {
        offset += chunk.byteLength
        failures = 0
        yield chunk
      }
      return
    } catch (error) {
      failures += 1
      if (signal?.aborted || error instanceof SygraError || failures > maxFailures) throw error
    }
  }
}

/** Breaks in a row, without a byte between them, that end the read. */
const maxFailures = 4

interface Body {
  readonly client: HubClient
  readonly url: string
  readonly name: string
  readonly offset: number
  readonly signal?: AbortSignal
}

function openBody({ client, url, name, offset, signal }: Body): Promise<AsyncIterable<Uint8Array>> {
  const headers = offset > 0 ? rangeOf(offset) : {}
  return client.get(url, { what: name, headers, signal }, async (response) => {
    if (offset > 0 && response.status !== 206) {
      await response.body?.cancel()
      throw new SygraError(
        'bad_data',
        `${name}: the connection broke and the server does not send the rest alone; download the file and read it from disk`,
      )
    }
    return response.body ?? nothing()
  })
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function rangeOf(start: number, end?: number): Record<string, string> {
  return { range: `bytes=${start}-${end === undefined ? '' : end - 1}` }
}
