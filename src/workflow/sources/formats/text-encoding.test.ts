import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeText, encodingLabel } from './text-encoding.ts'

async function decode(bytes: Uint8Array, encoding?: string, size = 3): Promise<string> {
  let text = ''
  for await (const piece of decodeText(inPieces(bytes, size), { name: 'data.jsonl', encoding })) text += piece
  return text
}

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

test('UTF-8 cut inside a character is put together', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 5 }), async (text, size) => {
      fc.pre(!text.startsWith('\ufeff'))
      expect(await decode(Buffer.from(text), undefined, size)).toBe(text)
    }),
  )
})

test('a byte order mark is removed, and says UTF-16 where no encoding is given', async () => {
  expect(await decode(Buffer.from('\ufeffé'))).toBe('é')
  expect(await decode(Buffer.from('\ufeffé€', 'utf16le'))).toBe('é€')
})

test.each([
  ['latin1', Buffer.from('é', 'latin1')],
  ['latin-1', Buffer.from('é', 'latin1')],
  ['utf-16le', Buffer.from('é', 'utf16le')],
  ['utf_8_sig', Buffer.from('\ufeffé')],
])('%s is known', async (encoding, bytes) => {
  expect(await decode(bytes, encoding)).toBe('é')
})

test('bytes that are not text in the encoding are refused, also when cut off', async () => {
  await expect(decode(Buffer.from('é', 'latin1'))).rejects.toThrow(
    /^data\.jsonl: the file is not utf-8 text; set its encoding/,
  )
  await expect(decode(Buffer.from('é').subarray(0, 1))).rejects.toThrow(/not utf-8 text/)
})

test('an unknown encoding is refused', () => {
  expect(() => encodingLabel('klingon')).toThrow(/unknown encoding "klingon"/)
})
