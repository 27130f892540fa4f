import { describe, expect, test } from 'vitest'
import { openaiChat } from '../formats/openai-chat.ts'
import { openaiEmbeddings } from '../formats/openai-embeddings.ts'
import { createAnswerReader } from './answer-reader.ts'

const jsonHeaders = new Headers({ 'content-type': 'application/json' })
const encoder = new TextEncoder()

/** What a hundred pieces of a megabyte each leave in memory, in MB. */
function heldMegabytes(push: () => void): number {
  const before = process.memoryUsage()
  for (let piece = 0; piece < 100; piece++) push()
  const after = process.memoryUsage()
  return (after.arrayBuffers - before.arrayBuffers) / 1e6
}

describe('a body of 100 MB', () => {
  test('keeps its usage, wherever it stands, and little memory', () => {
    const reader = createAnswerReader(openaiChat, { headers: jsonHeaders, request: () => ({ isStream: false }) })
    const text = encoder.encode('x'.repeat(1_000_000))
    reader.push(encoder.encode('{"id":"chatcmpl-1","model":"m","choices":[{"message":{"content":"'))
    expect(heldMegabytes(() => reader.push(text))).toBeLessThan(10)
    reader.push(encoder.encode('"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}'))
    expect(reader.end()).toEqual({
      usage: { input: 3, output: 4 },
      rawUsage: { prompt_tokens: 3, completion_tokens: 4 },
      model: 'm',
      responseId: 'chatcmpl-1',
      finishReason: 'stop',
      isComplete: true,
    })
  })

  test('may be a list of numbers', () => {
    const reader = createAnswerReader(openaiEmbeddings, { headers: jsonHeaders, request: () => ({ isStream: false }) })
    const numbers = encoder.encode('-0.0123456789,'.repeat(10_000))
    reader.push(encoder.encode('{"data":[{"embedding":['))
    for (let piece = 0; piece < 20; piece++) reader.push(numbers)
    reader.push(encoder.encode('1]}],"model":"e","usage":{"prompt_tokens":3,"total_tokens":3}}'))
    expect(reader.end()).toMatchObject({ usage: { input: 3 }, model: 'e', isComplete: true })
  })

  test('may be one event of a stream', () => {
    const headers = new Headers({ 'content-type': 'text/event-stream' })
    const reader = createAnswerReader(openaiChat, { headers, request: () => ({ isStream: true }) })
    const text = encoder.encode('y'.repeat(1_000_000))
    reader.push(encoder.encode('data: {"choices":[{"delta":{"content":"'))
    expect(heldMegabytes(() => reader.push(text))).toBeLessThan(10)
    reader.push(encoder.encode('"}}],"usage":{"prompt_tokens":3}}\n\n'))
    expect(reader.facts()).toMatchObject({ usage: { input: 3 }, outputChunks: 1, isComplete: false })
    expect(reader.sawToken).toBe(true)
  })
})
