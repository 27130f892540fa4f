import { expect, test } from 'vitest'
import { readAnswerObject } from './answer-object.ts'
import type { AnswerFacts } from './wire-format.ts'

test.each<[what: string, value: unknown, facts: AnswerFacts]>([
  [
    "OpenAI's chat",
    { id: 'c', usage: { prompt_tokens: 3, completion_tokens: 2 } },
    { responseId: 'c', usage: { input: 3, output: 2 } },
  ],
  [
    "OpenAI's response",
    { object: 'response', id: 'r', status: 'completed', usage: { input_tokens: 3, output_tokens: 2 } },
    { responseId: 'r', finishReason: 'stop', usage: { input: 3, output: 2 } },
  ],
  [
    "Anthropic's message, whose input leaves the cached tokens out",
    { type: 'message', usage: { input_tokens: 3, cache_read_input_tokens: 9, output_tokens: 2 } },
    { usage: { input: 3, cacheRead: 9, output: 2 } },
  ],
  [
    'the same without its type',
    { usage: { input_tokens: 30, cache_read_input_tokens: 9, output_tokens: 2 } },
    { usage: { input: 30, cacheRead: 9, output: 2 } },
  ],
  [
    'the same without a cache',
    { type: 'message', stop_reason: 'max_tokens', usage: { input_tokens: 3, output_tokens: 2 } },
    { finishReason: 'length', usage: { input: 3, output: 2 } },
  ],
  ["Google's", { usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2 } }, { usage: { input: 3, output: 2 } }],
  ["Ollama's", { eval_count: 2 }, { usage: { output: 2 } }],
  ["Ollama's prompt alone", { prompt_eval_count: 3 }, { usage: { input: 3 } }],
  [
    "Bedrock's",
    { stopReason: 'end_turn', usage: { inputTokens: 3, outputTokens: 2 } },
    { finishReason: 'stop', usage: { input: 3, output: 2 } },
  ],
  ["a text generation server's", { details: { generated_tokens: 2 } }, { usage: { output: 2 } }],
  ['the same in a list', [{ details: { generated_tokens: 2 } }], { usage: { output: 2 } }],
  ['usage of something else', { id: 'x', usage: { disk: 3 } }, { responseId: 'x', usage: undefined }],
])('%s is read from an object', (_, value, facts) => {
  const read = readAnswerObject(value)
  expect(Object.fromEntries(Object.keys(facts).map((name) => [name, read[name as keyof AnswerFacts]]))).toEqual(facts)
})

test.each([undefined, null, 'x', 3, [], {}, { usage: 3 }, { stopReason: 'x' }, { details: 'x' }, { usageMetadata: 3 }])(
  '%j tells nothing',
  (value) => {
    expect(readAnswerObject(value)).toEqual({})
  },
)
