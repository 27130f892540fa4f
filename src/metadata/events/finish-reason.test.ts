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

test.each([
  ['content_filter', 'content_filter', 'OpenAI chat'],
  ['content_filtered', 'content_filter', 'Bedrock'],
  ['guardrail_intervened', 'content_filter', 'Bedrock'],
  ['refusal', 'content_filter', 'Anthropic'],
  ['SAFETY', 'content_filter', 'Gemini'],
  ['PROHIBITED_CONTENT', 'content_filter', 'Gemini'],
  ['ERROR_TOXIC', 'content_filter', 'Cohere'],
  ['tool_use', 'tool_calls', 'Anthropic'],
  ['TOOL_CALL', 'tool_calls', 'Cohere'],
  ['end_turn', 'stop', 'Anthropic'],
  ['COMPLETE', 'stop', 'Cohere'],
  ['MALFORMED_FUNCTION_CALL', 'error', 'Gemini'],
])('%s means %s at %s', (word, reason) => {
  expect(normalFinishReason(word)).toBe(reason)
})

test('a word that nobody knows stays as it is', () => {
  expect(normalFinishReason('moon_phase')).toBe('moon_phase')
})
