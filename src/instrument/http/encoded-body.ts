import zlib from 'node:zlib'

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
  // What was packed last is unpacked first.
  const layers = encoding.split(',').reverse()
  try {
    return layers.reduce<Uint8Array | undefined>(
      (packed, layer) => (packed === undefined ? undefined : unpackLayer(layer.trim(), packed)),
      bytes,
    )
  } catch {
    return undefined
  }
}

const { constants } = zlib

function unpackLayer(encoding: string, bytes: Uint8Array): Uint8Array | undefined {
  const limit = { maxOutputLength: maxDecodedBytes }
  switch (encoding) {
    case 'identity':
      return bytes
    case 'gzip':
    case 'x-gzip':
      return zlib.gunzipSync(bytes, { ...limit, finishFlush: constants.Z_SYNC_FLUSH })
    case 'deflate':
      return zlib.inflateSync(bytes, { ...limit, finishFlush: constants.Z_SYNC_FLUSH })
    case 'br':
      return zlib.brotliDecompressSync(bytes, { ...limit, finishFlush: constants.BROTLI_OPERATION_FLUSH })
    case 'zstd': {
      // Node has it from 22.15 on.
      const decompress: unknown = Reflect.get(zlib, 'zstdDecompressSync')
      const unpacked: unknown = typeof decompress === 'function' ? decompress(bytes, limit) : undefined
      return unpacked instanceof Uint8Array ? unpacked : undefined
    }
    default:
      return undefined
  }
}
