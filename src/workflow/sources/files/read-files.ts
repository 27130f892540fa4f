import type { FileHash } from '../formats/content-hash.ts'
import { hashedRanges, openParquetFile } from '../formats/parquet-file.ts'
import { type Batches, untilStopped } from '../formats/parse-items.ts'
import { hashBytes, readBytes } from '../formats/read-bytes.ts'
import { readText, type TextOptions } from '../formats/read-text.ts'
import { badRecordHandler } from '../records/bad-record.ts'
import type { ReadOptions, Row } from '../source.ts'
import type { DiskFile } from './disk-files.ts'

/** A file to read, and the hash to feed with its bytes. */
export interface FileToRead {
  readonly file: DiskFile
  readonly hash?: FileHash
}

/** Reads files one after the other, in batches. */
export async function* readFiles(
  files: readonly FileToRead[],
  options: TextOptions & ReadOptions,
): AsyncGenerator<Row[]> {
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
