import { describe, expect, test } from 'vitest'
import { wireFormatNamed } from '../../src/usage/registry.ts'
import { createAnswerReader } from '../../src/usage/streams/answer-reader.ts'

// When the first word of an answer was seen is told by its messages, and how many pieces came is what is left to go by where
// no usage came.

const encoder = new TextEncoder()

function readerOf(name: string) {
  const format = wireFormatNamed(name)
  if (format === undefined) throw new Error(`no format ${name}`)
  const headers = new Headers({ 'content-type': 'text/event-stream' })
  const reader = createAnswerReader(format, { headers, request: () => ({ isStream: true }) })
  return { reader, push: (data: unknown) => reader.push(encoder.encode(`data: ${JSON.stringify(data)}\n\n`)) }
}

const chat = (delta: object) => ({ choices: [{ delta }] })
const part = (one: object) => ({ candidates: [{ content: { parts: [{}, one] } }] })
const claude = (delta: object) => ({ type: 'content_block_delta', delta })
const command = (message: object) => ({ type: 'content-delta', delta: { message } })

/** For each format the messages that carry output, and some that look alike and carry none. */
const messages: Readonly<Record<string, { readonly output: readonly object[]; readonly other: readonly object[] }>> = {
  'openai-chat': {
    output: [
      chat({ content: 'x' }),
      chat({ reasoning_content: 'x' }),
      chat({ reasoning: 'x' }),
      chat({ tool_calls: [{ index: 0 }] }),
      chat({ function_call: { name: 'f' } }),
      chat({ refusal: 'x' }),
      chat({ audio: { data: 'x' } }),
    ],
    other: [chat({ role: 'assistant', content: '' }), chat({ tool_calls: [] }), { choices: [] }, { id: 'a' }],
  },
  'openai-completions': { output: [{ choices: [{ text: 'x' }] }], other: [{ choices: [{ text: '' }] }] },
  'openai-responses': {
    output: [
      { type: 'response.output_text.delta', delta: 'x' },
      { type: 'response.function_call_arguments.delta', delta: '{' },
    ],
    other: [
      { type: 'response.output_text.delta', delta: '' },
      { type: 'response.created', response: { id: 'r' } },
    ],
  },
  'openai-transcriptions': {
    output: [{ type: 'transcript.text.delta', delta: 'x' }],
    other: [{ type: 'x', delta: '' }],
  },
  'openai-speech': { output: [{ type: 'speech.audio.delta', audio: 'x' }], other: [{ type: 'x' }] },
  'openai-images': { output: [{ type: 'image_generation.partial_image', b64_json: 'x' }], other: [{ type: 'x' }] },
  anthropic: {
    output: [claude({ text: 'x' }), claude({ thinking: 'x' }), claude({ partial_json: '{' })],
    other: [claude({ text: '' }), { type: 'ping' }, { type: 'message_start', message: { id: 'a' } }],
  },
  gemini: {
    output: [
      part({ text: 'x' }),
      part({ functionCall: { name: 'f' } }),
      part({ inlineData: { data: 'x' } }),
      part({ executableCode: { code: 'x' } }),
    ],
    other: [part({ text: '' }), { candidates: [] }, { usageMetadata: { promptTokenCount: 3 } }],
  },
  'gemini-interactions': {
    output: [
      { event_type: 'content.delta', delta: { text: 'x' } },
      { event_type: 'content.delta', delta: { arguments: '{' } },
      { event_type: 'content.delta', delta: { data: 'x' } },
    ],
    other: [{ event_type: 'content.delta', delta: { text: '' } }, { event_type: 'interaction.start' }],
  },
  cohere: {
    output: [
      command({ content: { text: 'x' } }),
      command({ content: { thinking: 'x' } }),
      command({ tool_plan: 'x' }),
      command({ tool_calls: { id: 'a' } }),
      { event_type: 'text-generation', text: 'x' },
    ],
    other: [
      command({ content: { text: '' } }),
      { event_type: 'text-generation', text: '' },
      { event_type: 'stream-start' },
    ],
  },
  'mistral-conversations': {
    output: [{ type: 'message.output.delta', content: 'x' }],
    other: [{ type: 'message.output.delta', content: '' }],
  },
  ollama: {
    output: [
      { message: { content: 'x' } },
      { message: { thinking: 'x' } },
      { message: { tool_calls: [{}] } },
      { response: 'x' },
    ],
    other: [{ message: { content: '' } }, { response: '' }],
  },
  tgi: { output: [{ token: { id: 1 } }], other: [{ token: null }] },
  'workers-ai': { output: [{ response: 'x' }], other: [{ response: '' }] },
  'ai-gateway': {
    output: [
      { type: 'text-delta', delta: 'x' },
      { type: 'text-delta', textDelta: 'x' },
    ],
    other: [{ type: 'text-delta', delta: '' }, { type: 'stream-start' }],
  },
  'bedrock-converse': {
    output: [
      { delta: { text: 'x' } },
      { delta: { reasoningContent: { text: 'x' } } },
      { delta: { toolUse: { input: '{' } } },
    ],
    other: [{ delta: { text: '' } }, { role: 'assistant' }],
  },
  'bedrock-invoke': {
    output: [
      { generation: 'x' },
      { outputText: 'x' },
      { outputs: [{ text: 'x' }] },
      { text: 'x' },
      { contentBlockDelta: { delta: { text: 'x' } } },
      claude({ text: 'x' }),
    ],
    other: [{ generation: '' }, { outputText: '' }, { outputs: [] }],
  },
}

const rows = Object.entries(messages).flatMap(([format, { output, other }]) => [
  ...output.map((message) => ({ format, message, isOutput: true })),
  ...other.map((message) => ({ format, message, isOutput: false })),
])

describe('the first token', () => {
  test.each(rows)('$format: $message', ({ format, message, isOutput }) => {
    const { reader, push } = readerOf(format)
    push(message)
    expect({ sawToken: reader.sawToken, pieces: reader.end().outputChunks }).toEqual({
      sawToken: isOutput,
      pieces: isOutput ? 1 : 0,
    })
  })

  // Once it was seen, messages are told apart by their keys alone.
  test.each(rows)('$format: $message is counted after it, too', ({ format, message, isOutput }) => {
    const { reader, push } = readerOf(format)
    push(messages[format]?.output[0])
    push(message)
    expect(reader.end().outputChunks).toBe(isOutput ? 2 : 1)
  })
})

test.each(['openai-embeddings', 'openai-moderations', 'rerank', 'vertex-predict', 'mistral-ocr', 'openai-videos'])(
  '%s has no tokens of output to wait for',
  (format) => {
    const { reader, push } = readerOf(format)
    push({ data: [{ embedding: [1] }], predictions: [{}], pages: [{ markdown: 'x' }], results: [{}] })
    expect(reader.sawToken).toBe(false)
    expect(reader.end().outputChunks).toBe(0)
  },
)
