import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createUsageChunkFilter } from './usage-chunk-filter.ts'

const encoder = new TextEncoder()

const usageEvent = 'data: {"id":"a","choices":[],"usage":{"prompt_tokens":1}}'
const others = [
  'data: {"choices":[{"delta":{"content":"é “usage” \\"usage\\":{"}}],"usage":null}',
  'data: {"choices":[],"prompt_filter_results":[{}]}',
  'data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}',
  'data: {"choices":[],"usage":{"prompt_tokens":1},"error":{"type":"x"}}',
  ': a comment',
  'event: ping\ndata: {}',
  'data: [DONE]',
]

/** What the caller gets when the bytes come in pieces of these sizes. */
function filtered(bytes: Uint8Array, sizes: readonly number[]): Uint8Array {
  const filter = createUsageChunkFilter()
  const passed: Uint8Array[] = []
  let start = 0
  for (let turn = 0; start < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    passed.push(filter.push(bytes.slice(start, start + size)) ?? new Uint8Array(0))
    start += size
  }
  passed.push(filter.end() ?? new Uint8Array(0))
  return Uint8Array.from(Buffer.concat(passed))
}

const anyEvent = fc.tuple(fc.constantFrom(usageEvent, ...others), fc.constantFrom('\n\n', '\r\n\r\n', '\r\r', '\n\r\n'))
const anySizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 })

describe('the usage chunk filter', () => {
  test('takes the usage chunks out and passes every other byte, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 8 }), anySizes, (events, sizes) => {
        const whole = events.map(([event, end]) => event + end).join('')
        const kept = events.filter(([event]) => event !== usageEvent)
        const expected = kept.map(([event, end]) => event + end).join('')
        expect(new TextDecoder().decode(filtered(encoder.encode(whole), sizes))).toBe(expected)
      }),
      { numRuns: 1000 },
    )
  })

  test('passes any bytes at all that hold no usage chunk', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), anySizes, (bytes, sizes) => {
        expect(filtered(bytes, sizes)).toEqual(bytes)
      }),
    )
  })

  test('hands on the very chunk where nothing is hidden', () => {
    const filter = createUsageChunkFilter()
    const chunk = encoder.encode(`${others[0]}\n\n${others[1]}\n\n`)
    expect(filter.push(chunk)).toBe(chunk)
  })

  test('gives nothing for a chunk that is all usage', () => {
    const filter = createUsageChunkFilter()
    expect(filter.push(encoder.encode(`${usageEvent}\n\n`))).toBeUndefined()
    expect(filter.end()).toBeUndefined()
  })

  test('takes out a usage chunk that the stream ends with, without a blank line', () => {
    expect(filtered(encoder.encode(usageEvent), [500])).toHaveLength(0)
    expect(filtered(encoder.encode(`${usageEvent}\n`), [500])).toHaveLength(0)
  })

  test('does not hold back an event larger than any usage chunk', () => {
    const filter = createUsageChunkFilter()
    const large = encoder.encode(`data: {"choices":[{"delta":{"content":"${'x'.repeat(70_000)}`)
    expect(filter.push(large)).toHaveLength(large.length)
    expect(filter.push(encoder.encode('y'))).toHaveLength(1)
    expect(filter.push(encoder.encode(`"}}]}\n\n${usageEvent}\n\n`))).toHaveLength('"}}]}\n\n'.length)
  })
})
