import { brotliDecompressSync, constants, gunzipSync, inflateSync } from 'node:zlib'

const maxEncodedBytes = 8 * 1024 * 1024
const maxDecodedBytes = 64 * 1024 * 1024

/** What a body says once it is unpacked; a body that was cut gives what can be read of it. */
export interface EncodedBody {
  add(bytes: Uint8Array): void
  /** Undefined when the body is too large, or is not what its header says. */
  decode(): Uint8Array | undefined
}

/** Gathers a packed body; undefined for an encoding that needs no unpacking. */
export function createEncodedBody(contentEncoding: string | null): EncodedBody | undefined {
  const encoding = contentEncoding?.trim().toLowerCase() ?? ''
  if (encoding === '' || encoding === 'identity') return undefined
  let pieces: Uint8Array[] = []
  let length = 0
  return {
    add(bytes) {
      length += bytes.length
      if (length <= maxEncodedBytes) pieces.push(bytes)
      else pieces = []
    },
    decode() {
      return length > maxEncodedBytes ? undefined : unpack(encoding, Buffer.concat(pieces))
    },
  }
}

// At once rather than as a stream: a program that ends right after its answer must not lose the tokens of it.
function unpack(encoding: string, bytes: Uint8Array): Uint8Array | undefined {
  const zlib = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: maxDecodedBytes }
  try {
    switch (encoding) {
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(bytes, zlib)
      case 'deflate':
        return inflateSync(bytes, zlib)
      case 'br':
        return brotliDecompressSync(bytes, {
          finishFlush: constants.BROTLI_OPERATION_FLUSH,
          maxOutputLength: maxDecodedBytes,
        })
      default:
        return undefined
    }
  } catch {
    return undefined
  }
}
