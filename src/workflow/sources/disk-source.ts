import { resolve } from 'node:path'
import { checkFirstRow } from './check-first-row.ts'
import { createFileHash } from './content-hash.ts'
import { countFileRows } from './count-rows.ts'
import { type DiskFile, findFiles } from './disk-files.ts'
import { completeHash } from './disk-hash.ts'
import type { FileFormat } from './file-format.ts'
import { maxPrecheckBytes, precheckRows, scanRows } from './precheck.ts'
import { type FileToRead, readFiles } from './read-files.ts'
import type { TextOptions } from './read-text.ts'
import type { ReadOptions, Row, Source } from './source.ts'
import { encodingLabel } from './text-encoding.ts'

/** How to read files. */
export interface DiskOptions extends TextOptions {
  /** Default: told by each file's name. */
  readonly format?: FileFormat
  /** Folder that relative paths start at. Default: the working directory. */
  readonly directory?: string
}

/** A source of files: JSON, JSON lines, CSV (each also gzipped) and parquet; a path or a glob pattern, or several. */
export function diskSource(path: string | readonly string[], options: DiskOptions = {}): Source {
  const paths = typeof path === 'string' ? [path] : path
  const sourcePath = paths.join(', ')
  const state: { datasetHash?: string; rowCount?: number } = {}

  function find(): Promise<DiskFile[]> {
    if (options.encoding !== undefined) encodingLabel(options.encoding)
    return findFiles({ paths, directory: resolve(options.directory ?? '.'), format: options.format })
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

  return {
    rows,
    describe: () => ({ sourceType: 'disk', sourcePath, ...state }),
    check: (bad) => checkFirstRow(sourcePath, (read) => rows({ ...read, isPreview: true }), bad),
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
      state.rowCount ??= await countFileRows(await find(), options.encoding)
      return state.rowCount
    },
  }
}
