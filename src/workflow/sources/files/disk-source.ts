import { resolve } from 'node:path'
import { contentHash, createFileHash, type FileHash, feed } from '../formats/content-hash.ts'
import { hashedRanges, openParquetFile } from '../formats/parquet-file.ts'
import { type Batches, untilStopped } from '../formats/parse-items.ts'
import { hashBytes, readBytes } from '../formats/read-bytes.ts'
import { readText, type TextOptions } from '../formats/read-text.ts'
import { encodingLabel } from '../formats/text-encoding.ts'
import { badRecordHandler } from '../records/bad-record.ts'
import { checkFirstRow, maxPrecheckBytes, precheckRows, scanRows } from '../records/precheck.ts'
import type { ReadOptions, Row, Source } from '../source.ts'
import { type DiskFile, type FileFormat, findFiles } from './disk-files.ts'

/** How to read files. */
export interface DiskOptions extends TextOptions {
  /** Default: told by each file's name. */
  readonly format?: FileFormat
  /** Folder that relative paths start at, or several, of which the first that has the file is meant. Default: the working directory. */
  readonly directory?: string | readonly string[]
}

/** A source of files: JSON, JSON lines, CSV (each also gzipped) and parquet; a path or a glob pattern, or several. */
export function diskSource(path: string | readonly string[], options: DiskOptions = {}): Source {
  const paths = typeof path === 'string' ? [path] : path
  const sourcePath = paths.join(', ')
  const state: { datasetHash?: string; rowCount?: number } = {}

  function find(): Promise<DiskFile[]> {
    if (options.encoding !== undefined) encodingLabel(options.encoding)
    const directories = [options.directory ?? '.'].flat().map((directory) => resolve(directory))
    return findFiles({ paths, directories, format: options.format })
  }

  async function* rows(read: ReadOptions = {}): AsyncGenerator<Row> {
    const files: FileToRead[] = (await find()).map((file) => ({
      file,
      hash: read.isPreview ? undefined : createFileHash(file.path),
    }))
    let isBroken = false
    try {
      for await (const batch of readFiles(files, { ...options, ...read })) for (const row of batch) yield row
    } catch (error) {
      isBroken = true
      throw error
    } finally {
      if (!isBroken && !read.isPreview && !read.signal?.aborted) state.datasetHash = await completeHash(files)
    }
  }

  // What can be read in a moment is counted by reading it; what is wrong with it is for the run to say.
  async function countByReading(files: readonly DiskFile[]): Promise<number | undefined> {
    if (files.reduce((sum, { bytes }) => sum + bytes, 0) > maxPrecheckBytes) return undefined
    let count = 0
    try {
      for await (const _row of rows({ isPreview: true })) count += 1
    } catch {
      return undefined
    }
    return count
  }

  return {
    rows,
    describe: () => ({ sourceType: 'disk', sourcePath, ...state }),
    check: async (bad) =>
      checkFirstRow(
        (await find()).map(({ name }) => name).join(', '),
        (read) => rows({ ...read, isPreview: true }),
        bad,
      ),
    async precheck(read = {}) {
      const bytes = (await find()).reduce((sum, file) => sum + file.bytes, 0)
      const seen = await scanRows({
        ...read,
        read: (bad) => rows({ ...read, ...bad, isPreview: true }),
        maxRows: bytes > maxPrecheckBytes ? precheckRows : undefined,
      })
      if (seen.complete && read.numRecords === undefined && !read.startIndex) state.rowCount = seen.rows
      return seen
    },
    async count() {
      const files = await find()
      state.rowCount ??= (await countFileRows(files, options.encoding)) ?? (await countByReading(files))
      return state.rowCount
    },
  }
}

/** Most bytes that are hashed without being parsed, when a read stops early; beyond it there is no hash. */
const maxUnparsedBytes = 1024 ** 3

/**
 * Completes the hashes of files that were read in part, so that a run over the first ten records names the same dataset as a run
 * over all. Undefined when more than 1 GiB is left: no hash rather than one that depends on where the read stopped.
 */
async function completeHash(files: readonly FileToRead[], maxBytes = maxUnparsedBytes): Promise<string | undefined> {
  // Files may have been moved away meanwhile; a run does not fail for the sake of a digest.
  return complete(files, maxBytes).catch(() => undefined)
}

async function complete(files: readonly FileToRead[], maxBytes: number): Promise<string | undefined> {
  let left = 0
  const hashes = files.map(({ file, hash = createFileHash(file.path) }) => {
    const isWhole = hash.bytes >= file.bytes
    // Unpacking reads ahead on its own, so a gzip file that was left early starts anew.
    const usable = isWhole || !file.isGzip ? hash : createFileHash(file.path)
    left += Math.max(0, file.bytes - usable.bytes)
    return usable
  })
  if (left > maxBytes) return undefined
  for (const [index, hash] of hashes.entries()) {
    const { path, name } = files[index]?.file ?? { path: hash.path, name: hash.path }
    for await (const chunk of readBytes({ path, name, start: hash.bytes })) feed(hash, chunk)
  }
  return contentHash(hashes)
}

const newline = 10

/**
 * Number of rows of files, where it can be known without parsing: from the footer of parquet, from the line ends of JSON lines
 * (blank lines count). Undefined for the rest.
 */
async function countFileRows(files: readonly DiskFile[], encoding?: string): Promise<number | undefined> {
  let total = 0
  for (const file of files) {
    const rows = await countRows(file, encoding)
    if (rows === undefined) return undefined
    total += rows
  }
  return total
}

async function countRows(file: DiskFile, encoding?: string): Promise<number | undefined> {
  if (file.format === 'parquet') return parquetRowCount(file)
  const isPlain = file.format === 'jsonl' && !file.isGzip && encoding === undefined
  return isPlain ? countLines(file) : undefined
}

/** Number of rows that the footer of a parquet file states. */
async function parquetRowCount({ path, name }: DiskFile): Promise<number> {
  const { readParquetMetadata } = await import('../formats/read-parquet.ts')
  const file = await openParquetFile(path, name)
  try {
    return Number((await readParquetMetadata(file, name)).num_rows)
  } finally {
    await file.close()
  }
}

async function countLines(file: DiskFile): Promise<number> {
  let lines = 0
  let last = newline
  for await (const chunk of readBytes(file)) {
    for (let index = chunk.indexOf(newline); index !== -1; index = chunk.indexOf(newline, index + 1)) lines += 1
    last = chunk.at(-1) ?? newline
  }
  return last === newline ? lines : lines + 1
}

/** A file to read, and the hash to feed with its bytes. */
interface FileToRead {
  readonly file: DiskFile
  readonly hash?: FileHash
}

/** Reads files one after the other, in batches. */
async function* readFiles(files: readonly FileToRead[], options: TextOptions & ReadOptions): AsyncGenerator<Row[]> {
  let skip = options.startIndex ?? 0
  for (const file of files) {
    const batches = file.file.format === 'parquet' ? parquetBatches(file, skip) : textBatches(file, skip, options)
    const met = yield* untilStopped(batches, options.signal)
    skip = Math.max(0, skip - met)
  }
}

function textBatches({ file, hash }: FileToRead, skip: number, options: TextOptions & ReadOptions): Batches {
  const bytes = readBytes(file)
  return readText({
    ...options,
    name: file.name,
    kind: file,
    bytes: hash === undefined ? bytes : hashBytes(bytes, hash),
    skip,
    bad: badRecordHandler(options),
  })
}

async function* parquetBatches({ file: { path, name }, hash }: FileToRead, skip: number): Batches {
  // Loaded for parquet only: every run would wait for it.
  const { readParquet, readParquetMetadata } = await import('../formats/read-parquet.ts')
  const opened = await openParquetFile(path, name)
  try {
    const metadata = await readParquetMetadata(opened, name)
    const file = hash === undefined ? opened : hashedRanges(opened, { path, name, hash })
    return yield* readParquet({ name, file, metadata, skip })
  } finally {
    await opened.close()
  }
}
