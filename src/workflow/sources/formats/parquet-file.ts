import { type FileHandle, open } from 'node:fs/promises'
import { messageOf, SygraError } from '../../../errors.ts'
import type { FileHash } from './content-hash.ts'
import { feed } from './content-hash.ts'
import { readBytes, unreadable } from './read-bytes.ts'

/** Bytes of a parquet file, here or far away, read by ranges. */
export interface ParquetBytes {
  readonly byteLength: number
  slice(start: number, end?: number): Promise<ArrayBuffer>
}

/** A parquet file on this machine. */
interface ParquetFile extends ParquetBytes {
  close(): Promise<void>
}

/** Opens a local file for reading by ranges. */
export async function openParquetFile(path: string, name: string): Promise<ParquetFile> {
  let handle: FileHandle
  try {
    handle = await open(path)
  } catch (error) {
    throw unreadable(name, error)
  }
  const { size } = await handle.stat()
  return {
    byteLength: size,
    slice: (start, end = size) => readRange(handle, { start, end, name }),
    close: () => handle.close(),
  }
}

async function readRange(
  handle: FileHandle,
  range: { start: number; end: number; name: string },
): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(range.end - range.start)
  try {
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, done, bytes.length - done, range.start + done)
      if (bytesRead === 0)
        throw new SygraError(
          'bad_data',
          `${range.name}: the file became shorter while it was read; copy it whole and run again`,
        )
      done += bytesRead
    }
  } catch (error) {
    throw unreadable(range.name, error)
  }
  return bytes.buffer
}

/**
 * Feeds the hash of a file that is read by ranges: a range from memory, the gap before it from disk. Ranges that lie behind are
 * not needed again.
 */
export function hashedRanges(
  file: ParquetBytes,
  { path, name, hash }: { path: string; name: string; hash: FileHash },
): ParquetBytes {
  // Ranges are asked for side by side, and bytes must be fed in their order.
  let feeding: Promise<unknown> = Promise.resolve()

  async function feedRange(start: number, range: ArrayBuffer): Promise<ArrayBuffer> {
    await feedGap({ path, name, hash, to: start })
    const known = hash.bytes - start
    if (known >= 0 && known < range.byteLength) feed(hash, new Uint8Array(range, known))
    return range
  }

  return {
    byteLength: file.byteLength,
    slice(start, end = file.byteLength) {
      const reading = file.slice(start, end)
      const fed = feeding.then(async () => feedRange(start, await reading))
      feeding = fed.catch(() => undefined)
      return fed
    },
  }
}

async function feedGap({
  path,
  name,
  hash,
  to,
}: {
  path: string
  name: string
  hash: FileHash
  to: number
}): Promise<void> {
  if (hash.bytes >= to) return
  for await (const chunk of readBytes({ path, name, start: hash.bytes, end: to })) feed(hash, chunk)
}

/** The error for a parquet file that the library cannot read. */
export function badParquet(name: string, error: unknown): SygraError {
  if (error instanceof SygraError) return error
  const reason = messageOf(error).replace(/^parquet /, '')
  return new SygraError(
    'bad_data',
    `${name}: cannot be read as parquet (${reason}); check that the file is whole, or write it again with snappy or zstd`,
    {
      cause: error,
    },
  )
}
