import { crc32 as referenceCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeEventStream, encodeMessage } from '../../../test/helpers/event-stream.ts'
import { decodeBase64 } from './base64.ts'
import { crc32, EventStreamCutter } from './event-stream-cutter.ts'
import { MessageBuffer } from './message-buffer.ts'

const frames = [1, 2, 3].map((number) => ({ event: 'part', data: { number } }))

function cut(bytes: Uint8Array, capBytes = 10_000): string[] {
  const seen: string[] = []
  const cutter = new EventStreamCutter({
    data: new MessageBuffer(capBytes),
    event: new MessageBuffer(100),
    capBytes,
    onMessage: (payload, event) => seen.push(`${event.text()} ${payload.text()}`),
    onError: (errorType) => seen.push(`error ${errorType}`),
  })
  cutter.push(bytes)
  cutter.end()
  return seen
}

test('frames are cut where they end', () => {
  expect(cut(encodeEventStream(frames))).toEqual(['part {"number":1}', 'part {"number":2}', 'part {"number":3}'])
})

test('one wrong byte ends the reading there, quietly', () => {
  const bytes = encodeEventStream(frames)
  const frameBytes = bytes.length / 3
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Uint8Array.from(bytes)
    damaged[at] = (damaged[at] ?? 0) ^ 1
    expect(cut(damaged)).toHaveLength(Math.floor(at / frameBytes))
  }
})

test('an exception and an error are told by their type', () => {
  const error = encodeMessage({ ':message-type': 'error', ':error-code': 'InternalFailure', ':error-message': 'x' }, '')
  expect(cut(encodeEventStream([{ exception: 'throttlingException', data: {} }]))).toEqual([
    'error throttlingException',
  ])
  expect(cut(error)).toEqual(['error InternalFailure'])
  expect(cut(encodeMessage({ ':message-type': 'error', ':error-code': 'a text, which may say anything' }, ''))).toEqual(
    ['error error'],
  )
})

test('a frame above the cap is passed over, and the next one is read', () => {
  const large = { event: 'part', data: 'x'.repeat(5000) }
  expect(cut(encodeEventStream([large, ...frames.slice(0, 1)]), 1000)).toEqual(['part {"number":1}'])
})

test('the checksum is the one of zlib', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(crc32(bytes, 0, bytes.length)).toBe(referenceCrc32(bytes))
    }),
  )
})

test('base64 gives back the bytes, up to the quote that ends it', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = new TextEncoder().encode(`"${Buffer.from(bytes).toString('base64')}"}`)
      expect(decodeBase64(text, 1)).toEqual(bytes)
    }),
  )
})

/** The lengths of values as Amazon's specification of event streams gives them. Source: docs.aws.amazon.com, read 2026-11-28. */
test.each([
  ['true', 0, 0],
  ['false', 1, 0],
  ['a byte', 2, 1],
  ['a short integer', 3, 2],
  ['an integer', 4, 4],
  ['a long integer', 5, 8],
  ['a time', 8, 8],
  ['a UUID', 9, 16],
])('a header that is %s is passed over, and the next one is read', (_what, type, valueBytes) => {
  // Bytes that would be read as something else at every wrong place.
  const header = Uint8Array.from([3, 0x3a, 0x61, 0x62, type, ...Array.from({ length: valueBytes }, () => 0xff)])
  expect(cut(encodeMessage({ ':event-type': 'part', ':message-type': 'event' }, '{}', header))).toEqual(['part {}'])
})
