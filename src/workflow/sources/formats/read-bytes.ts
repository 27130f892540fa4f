import { createReadStream } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { messageOf, SygraError } from '../../../errors.ts'
import { type FileHash, feed } from './content-hash.ts'

const chunkBytes = 256 * 1024

/** A file of bytes to read. */
interface BytesInput {
  readonly path: string
  /** Name of the file in messages. */
  readonly name: string
  /** First byte. Default 0. */
  readonly start?: number
  /** Byte after the last one. Default: the end of the file. */
  readonly end?: number
}

/** Reads the bytes of a file in order. */
export async function* readBytes({ path, name, start = 0, end }: BytesInput): AsyncGenerator<Uint8Array> {
  if (end !== undefined && end <= start) return
  const stream = createReadStream(path, {
    highWaterMark: chunkBytes,
    start,
    end: end === undefined ? Number.POSITIVE_INFINITY : end - 1,
  })
  try {
    for await (const chunk of stream) if (chunk instanceof Uint8Array) yield chunk
  } catch (error) {
    throw unreadable(name, error)
  }
}

/** Feeds the hash of a file with the bytes that pass by. */
export async function* hashBytes(bytes: AsyncIterable<Uint8Array>, hash: FileHash): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    feed(hash, chunk)
    yield chunk
  }
}

/** What data may unpack to is looked at from here on, in bytes. */
export const freeBytes = 64 * 1024 * 1024
/** Rows of JSON or CSV pack to a tenth or a fiftieth; a thousandth is the most that gzip can do, with one byte repeated. */
const usualRatio = 200

/** How many times its own size a packed file may unpack to: `SYGRA_MAX_UNPACK_RATIO`, 200 by default. */
export function mostUnpackRatio(): number {
  const given = Number(process.env.SYGRA_MAX_UNPACK_RATIO)
  return Number.isFinite(given) && given > 0 ? given : usualRatio
}

/**
 * Unpacks gzip as it comes.
 *
 * @throws SygraError `bad_data` for what is no whole gzip file, and for one that is made to fill memory and disks.
 */
export async function* gunzip(bytes: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const unpacked = createGunzip({ chunkSize: chunkBytes })
  const limit = mostUnpackRatio()
  let [packedBytes, unpackedBytes] = [0, 0]
  const counted = async function* () {
    for await (const chunk of bytes) {
      packedBytes += chunk.byteLength
      yield chunk
    }
  }
  // Errors of either end come out of the loop; the callback only keeps them from being unhandled.
  pipeline(Readable.from(counted(), { objectMode: false }), unpacked, () => undefined)
  try {
    for await (const chunk of unpacked) {
      if (!(chunk instanceof Uint8Array)) continue
      unpackedBytes += chunk.byteLength
      // What is read ahead has been counted already, so this errs on the side of the data.
      if (unpackedBytes > freeBytes && unpackedBytes > limit * packedBytes) throw tooMuchPacked(name, limit)
      yield chunk
    }
  } catch (error) {
    if (error instanceof SygraError) throw error
    throw new SygraError('bad_data', `${name}: cannot be unpacked (${messageOf(error)}); it is not a whole gzip file`, {
      cause: error,
    })
  }
}

/** The error for data that unpacks to more than so many times its size. */
export function tooMuchPacked(name: string, limit: number): SygraError {
  return new SygraError(
    'bad_data',
    `${name}: unpacks to more than ${limit} times its size, as a file does that is made to fill memory; if it is what you expect, allow more with SYGRA_MAX_UNPACK_RATIO`,
  )
}

/** The error for a file that cannot be read, by the system's reason. */
export function unreadable(name: string, error: unknown): SygraError {
  if (error instanceof SygraError) return error
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const cause = { cause: error }
  switch (code) {
    case 'ENOENT':
      return new SygraError('not_found', `${name}: no such file; check the path`, cause)
    case 'EACCES':
    case 'EPERM':
      return new SygraError('bad_data', `${name}: may not be read; give yourself the right with chmod +r`, cause)
    case 'EISDIR':
      return new SygraError(
        'bad_data',
        `${name}: is a folder; name a file, or a pattern such as ${name.replace(/\/$/, '')}/*.jsonl`,
        cause,
      )
    default:
      return new SygraError('bad_data', `${name}: cannot be read (${messageOf(error)})`, cause)
  }
}
