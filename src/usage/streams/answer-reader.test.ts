import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type UsageFixture, usageFixtures } from '../../../test/helpers/usage-fixtures.ts'
import type { Usage } from '../../metadata/usage.ts'
import { gemini } from '../formats/gemini.ts'
import { ollama } from '../formats/ollama.ts'
import { openaiSpeech } from '../formats/openai-audio.ts'
import { openaiChat } from '../formats/openai-chat.ts'
import { endpointOf, readRequestFacts } from '../registry.ts'
import { type AnswerReader, createAnswerReader, framingOf, readWholeAnswer } from './answer-reader.ts'

const fixtures = usageFixtures()

function readerOf({ expected }: UsageFixture, capBytes?: number): AnswerReader {
  const url = new URL(expected.url)
  const endpoint = endpointOf(url)
  if (endpoint === undefined) throw new Error(`no wire format for ${expected.url}`)
  const request = readRequestFacts(endpoint, { url, body: expected.requestBody })
  const headers = new Headers(expected.headers)
  return createAnswerReader(endpoint.format, { headers, request: () => request, capBytes })
}

const anyFixture = fc.constantFrom(...fixtures)
const anySizes = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 12 })

/** Pushes a body in pieces of these sizes, over and over, each in memory that is overwritten afterwards. */
function pushInPieces(reader: AnswerReader, body: Uint8Array, sizes: readonly number[], after = () => {}): void {
  let start = 0
  for (let turn = 0; start < body.length; turn++) {
    const size = Math.max(turn % sizes.length === 0 ? 1 : 0, sizes[turn % sizes.length] ?? 1)
    const piece = body.slice(start, start + size)
    reader.push(piece)
    piece.fill(0x22)
    start += size
    after()
  }
}

describe('laws of reading', () => {
  test('pieces of any size give the same facts, and no piece is kept', () => {
    fc.assert(
      fc.property(anyFixture, anySizes, (fixture, sizes) => {
        const reader = readerOf(fixture)
        pushInPieces(reader, fixture.body, sizes)
        expect(reader.end()).toEqual(fixture.expected.facts)
      }),
      { numRuns: 600 },
    )
  })

  test('asking for the facts on the way changes nothing', () => {
    fc.assert(
      fc.property(anyFixture, anySizes, (fixture, sizes) => {
        const reader = readerOf(fixture)
        pushInPieces(reader, fixture.body, sizes, () => reader.facts())
        expect(reader.end()).toEqual(fixture.expected.facts)
      }),
      { numRuns: 200 },
    )
  })

  test('a small cap gives the same usage, from the skeletons of the messages', () => {
    for (const fixture of fixtures.filter(({ expected }) => expected.framing !== 'eventstream')) {
      const reader = readerOf(fixture, 64)
      pushInPieces(reader, fixture.body, [50])
      const { outputChunks: _, ...facts } = reader.end()
      const { outputChunks: __, ...expected } = fixture.expected.facts
      expect(facts, fixture.name).toEqual(expected)
    }
  })

  test('damaged bytes never throw', () => {
    const anyDamage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(anyFixture, anySizes, anyDamage, (fixture, sizes, damage) => {
        const body = fixture.body.slice()
        for (const [at, byte] of damage) body[at % Math.max(1, body.length)] = byte
        const reader = readerOf(fixture)
        pushInPieces(reader, body, sizes)
        reader.facts()
        reader.end()
      }),
      { numRuns: 2000 },
    )
  })

  test('bytes that are no answer at all never throw', () => {
    fc.assert(
      fc.property(anyFixture, fc.uint8Array({ maxLength: 400 }), anySizes, (fixture, body, sizes) => {
        const reader = readerOf(fixture)
        pushInPieces(reader, body, sizes)
        reader.end()
      }),
      { numRuns: 500 },
    )
  })
})

const jsonHeaders = new Headers({ 'content-type': 'application/json' })
const encoder = new TextEncoder()

test('a document that breaks after the cap is no JSON', () => {
  const reader = createAnswerReader(openaiChat, {
    headers: jsonHeaders,
    request: () => ({ isStream: false }),
    capBytes: 10,
  })
  reader.push(encoder.encode('{"usage":{"prompt_tokens":3},'))
  reader.push(encoder.encode('oops}'))
  expect(reader.end()).toMatchObject({ errorType: 'invalid_json', isComplete: false, usage: { input: 3 } })
})

test('the first token is seen in the piece that completes it', () => {
  const headers = new Headers({ 'content-type': 'text/event-stream' })
  const reader = createAnswerReader(openaiChat, { headers, request: () => ({ isStream: true }) })
  const seen = [
    'data: {"id":"a","choices":[{"delta":{"role":"assistant","content":""}}]}\n\n',
    'data: {"id":"a","choices":[{"delta":{"con',
    'tent":"Moss"}}]}',
    '\n\n',
  ].map((piece) => {
    reader.push(encoder.encode(piece))
    return reader.sawToken
  })
  expect(seen).toEqual([false, false, false, true])
})

test.each([
  [openaiChat, 'application/vnd.amazon.eventstream', false, 'eventstream'],
  [openaiChat, 'text/event-stream; charset=utf-8', false, 'sse'],
  [openaiChat, 'application/x-ndjson', false, 'ndjson'],
  [openaiChat, 'application/jsonl', false, 'ndjson'],
  [openaiChat, 'application/json-seq', false, 'ndjson'],
  [openaiChat, 'Application/JSON', true, 'json'],
  [openaiChat, '', true, 'sse'],
  [openaiChat, '', false, 'json'],
  [openaiChat, 'text/plain; charset=utf-8', true, 'sse'],
  [openaiChat, 'application/octet-stream', true, 'sse'],
  [openaiChat, 'text/html', true, 'json'],
  [ollama, 'application/json', true, 'ndjson'],
  [ollama, 'application/json', false, 'json'],
  [gemini, 'application/json', true, 'json-array'],
  [openaiSpeech, 'audio/mpeg', false, 'unread'],
  [openaiSpeech, 'application/json', false, 'json'],
  [openaiSpeech, '', false, 'json'],
])('%o of the type "%s", asked for as a stream: %s, is cut as %s', (format, type, isStream, framing) => {
  expect(framingOf(format, type, () => ({ isStream }))).toBe(framing)
})

test.each([
  ['what is no JSON, either', '{"id":"a"', { errorType: 'invalid_json', isComplete: false }],
  ['an empty body', '', { errorType: 'empty_body', isComplete: false }],
  ['what is no JSON', '<html>', { errorType: 'invalid_json', isComplete: false }],
  ['a document', '{"id":"a"}', { responseId: 'a', isComplete: true }],
  [
    'events under the type of a document',
    'data: {"id":"a"}\n\ndata: [DONE]\n\n',
    { responseId: 'a', isComplete: true },
  ],
  [
    'the same after a comment and blanks',
    '\n: x\n\nevent: y\ndata: {"id":"a"}\n\n',
    { responseId: 'a', isComplete: false },
  ],
])('%s is read as one', (_, text, facts) => {
  const options = { headers: jsonHeaders }
  expect(readWholeAnswer(openaiChat, text, options)).toMatchObject(facts)
  const reader = createAnswerReader(openaiChat, { ...options, request: () => ({ isStream: false }) })
  reader.push(encoder.encode(text))
  expect(reader.end()).toMatchObject(facts)
})

test('of sound is known that it came, and what the request told', () => {
  const headers = new Headers({ 'content-type': 'audio/mpeg' })
  const usage: Usage = { fees: [{ unit: 'character', quantity: 3 }] }
  const request = { isStream: false, parameters: {}, usage, model: 'tts-1' }
  expect(readWholeAnswer(openaiSpeech, 'xyz', { headers, request })).toEqual({ usage, isComplete: true })
  const reader = createAnswerReader(openaiSpeech, { headers, request: () => request })
  reader.push(encoder.encode('xyz'))
  expect(reader.facts()).toEqual({ isComplete: false })
  expect(reader.end()).toEqual({ usage, isComplete: true })
  expect(reader.heldBytes).toBe(0)
  // One that failed is not charged.
  const failed = '{"error":{"type":"x"}}'
  expect(readWholeAnswer(openaiSpeech, failed, { headers: jsonHeaders, request }).usage).toBeUndefined()
})

test('a page under the type of a page is no JSON', () => {
  const headers = new Headers({ 'content-type': 'text/html' })
  expect(readWholeAnswer(openaiChat, '<html>', { headers })).toMatchObject({ errorType: 'invalid_json' })
})

const usageEvent = '{"usage":{"prompt_tokens":3,"completion_tokens":2}}'
const counted = { usage: { input: 3, output: 2 } }

test.each([
  ['with LF', `data: ${usageEvent}\n\n`, counted],
  ['with CR', `data: ${usageEvent}\r\r`, counted],
  ['with both', `data: ${usageEvent}\r\n\r\n`, counted],
  ['without a blank', `data:${usageEvent}\n\n`, counted],
  ['with a mark of the byte order', `\uFEFFdata: ${usageEvent}\n\n`, counted],
  ['without its blank line', `data: ${usageEvent}`, counted],
  ['after a comment', `: data: {}\n\ndata: ${usageEvent}\n\n`, counted],
  ['beside an id', `id: 1\nretry: 5\ndata: ${usageEvent}\n\n`, counted],
  ['in two lines', `data: ${usageEvent.slice(0, 9)}\ndata: ${usageEvent.slice(9)}\n\n`, counted],
  ['as plain JSON', `${usageEvent}\n`, counted],
  ['under a name that is none', `dataset: ${usageEvent}\n\n`, { usage: undefined }],
  ['under a name alike', `dat: ${usageEvent}\n\n`, { usage: undefined }],
  ['of an error', 'event: error\ndata: {"code":"x"}\n\n', { errorType: 'x' }],
  ['of an error among others', `event: other\ndata: {"code":"x"}\n\ndata: ${usageEvent}\n\n`, { errorType: undefined }],
  [
    'of which each line is one',
    `data: {"id":"a"}\ndata: ${usageEvent}\ndata: [DONE]\n\n`,
    { ...counted, isComplete: true },
  ],
])('an event %s is read', (_, text, facts) => {
  const headers = new Headers({ 'content-type': 'text/event-stream' })
  for (const size of [1, 1000]) {
    const reader = createAnswerReader(openaiChat, { headers, request: () => ({ isStream: true }) })
    pushInPieces(reader, encoder.encode(text), [size])
    const read = reader.end()
    expect(Object.fromEntries(Object.keys(facts).map((name) => [name, Reflect.get(read, name)]))).toEqual(facts)
  }
})

test('words whose tokens nobody counted, or far too few of them, are a doubt', () => {
  const doubtsOf = (pieces: number, usage: object) => {
    const headers = new Headers({ 'content-type': 'text/event-stream' })
    const reader = createAnswerReader(openaiChat, { headers, request: () => ({ isStream: true }) })
    for (let piece = 0; piece < pieces; piece++)
      reader.push(encoder.encode('data: {"choices":[{"delta":{"content":"x"}}]}\n\n'))
    reader.push(encoder.encode(`data: ${JSON.stringify({ choices: [], usage })}\n\n`))
    return reader.end().usage?.doubts ?? []
  }
  const none = ['the answer has output and counts none']
  expect(doubtsOf(1, { prompt_tokens: 3 })).toEqual(none)
  expect(doubtsOf(1, { prompt_tokens: 3, completion_tokens: 0 })).toEqual(none)
  expect(doubtsOf(1, { completion_tokens: 0 })).toEqual(none)
  expect(doubtsOf(0, { prompt_tokens: 3 })).toEqual([])
  expect(doubtsOf(32, { prompt_tokens: 3, completion_tokens: 2 })).toEqual([])
  expect(doubtsOf(33, { prompt_tokens: 3, completion_tokens: 2 })).toEqual([
    'the answer came in 33 pieces and counts 2 tokens of output',
  ])
})
