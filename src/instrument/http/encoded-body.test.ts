import zlib from 'node:zlib'
import { expect, test } from 'vitest'
import { createEncodedBody } from './encoded-body.ts'

const text = JSON.stringify({ usage: { prompt_tokens: 1000 }, say: 'é'.repeat(2000) })
const zstd: unknown = Reflect.get(zlib, 'zstdCompressSync')

/** In pieces that tear its characters. */
function unpacked(encoding: string, bytes: Uint8Array): string | undefined {
  const body = createEncodedBody(encoding)
  for (let at = 0; at < bytes.length; at += 7) body?.add(bytes.subarray(at, at + 7))
  const decoded = body?.decode()
  return decoded === undefined ? undefined : Buffer.from(decoded).toString()
}

test.each<readonly [string, Uint8Array]>([
  ['gzip', zlib.gzipSync(text)],
  ['X-Gzip', zlib.gzipSync(text)],
  ['deflate', zlib.deflateSync(text)],
  ['br', zlib.brotliCompressSync(text)],
  ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(text))],
  ['identity, gzip', zlib.gzipSync(text)],
])('%s', (encoding, bytes) => {
  expect(unpacked(encoding, bytes)).toBe(text)
})

test.runIf(typeof zstd === 'function')('zstd, where Node has it', () => {
  const packed: unknown = typeof zstd === 'function' ? zstd(Buffer.from(text)) : undefined
  expect(packed instanceof Uint8Array ? unpacked('zstd', packed) : '').toBe(text)
})

test('what is not what its header says, or of an encoding nobody knows, tells nothing', () => {
  expect(unpacked('gzip', Buffer.from(text))).toBeUndefined()
  expect(unpacked('compress', Buffer.from(text))).toBeUndefined()
  expect(createEncodedBody('identity')).toBeUndefined()
  expect(createEncodedBody(null)).toBeUndefined()
})
