import type { DiskFile } from './disk-files.ts'
import { openParquetFile } from './parquet-file.ts'
import { readBytes } from './read-bytes.ts'
import { readParquetMetadata } from './read-parquet.ts'

const newline = 10

/**
 * Number of rows of files, where it can be known without parsing: from the footer of parquet, from the line ends of JSON lines
 * (blank lines count). Undefined for the rest.
 */
export async function countFileRows(files: readonly DiskFile[], encoding?: string): Promise<number | undefined> {
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
