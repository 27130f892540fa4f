import { expect, test } from 'vitest'
import { isTruncated, normalFinishReason } from './finish-reason.ts'

test.each([
  ['length', 'OpenAI chat, TGI, Ollama'],
  ['max_output_tokens', 'OpenAI Responses'],
  ['max_tokens', 'Anthropic, Bedrock'],
  ['MAX_TOKENS', 'Gemini, Cohere'],
  ['model_length', 'Mistral'],
  ['LENGTH', 'Titan'],
  ['model_context_window_exceeded', 'Anthropic'],
])('%s is the word of %s for an answer that was cut off', (finishReason) => {
  expect(isTruncated({ finishReason })).toBe(true)
})

test.each(['stop', 'end_turn', 'tool_use', 'STOP', 'content_filter', 'COMPLETE', undefined])(
  '%s is no answer that was cut off',
  (finishReason) => {
    expect(isTruncated({ finishReason })).toBe(false)
  },
)

test('a word that nobody knows stays as it is', () => {
  expect(normalFinishReason('moon_phase')).toBe('moon_phase')
})
