import { APICallError, type LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { concurrencyOutcomeOf } from './adaptive-concurrency.ts'

const reading = { atMs: 0, maxPauseSeconds: 120 }

function failure(statusCode: number, responseHeaders: Record<string, string> = {}, responseBody = '') {
  const request = { url: 'http://127.0.0.1', requestBodyValues: {} }
  const error = new APICallError({ message: 'no', ...request, statusCode, responseHeaders, responseBody })
  return concurrencyOutcomeOf({ type: 'failure', error }, reading)
}

test.each([
  [429, {}, { type: 'rate-limit' }],
  [529, {}, { type: 'rate-limit' }],
  [429, { 'retry-after': '3' }, { type: 'rate-limit', pauseSeconds: 3 }],
  [503, { 'retry-after': '3' }, { type: 'other', pauseSeconds: 3 }],
  [500, {}, { type: 'other' }],
  [429, { 'retry-after': '3600' }, { type: 'rate-limit' }],
])('%i with %j', (status, headers, outcome) => {
  expect(failure(status, headers)).toEqual({ pauseSeconds: undefined, ...outcome })
})

test('an account without money says nothing of the rate', () => {
  expect(failure(429, {}, '{"error":{"code":"insufficient_quota"}}')).toEqual({ type: 'other' })
})

test.each([
  [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '2s' }, 2],
  [{ 'anthropic-ratelimit-tokens-remaining': '0', 'anthropic-ratelimit-tokens-reset': '1970-01-01T00:00:05Z' }, 5],
  [{ 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': '2s' }, undefined],
  [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '20h' }, undefined],
  [{}, undefined],
])('an answer with %j pauses for %s seconds', (headers, pauseSeconds) => {
  const response: LanguageModelV3GenerateResult['response'] = { headers }
  const result: LanguageModelV3GenerateResult = {
    content: [],
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: {
      inputTokens: { total: 1, noCache: 1, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: 1, text: 1, reasoning: undefined },
    },
    warnings: [],
    response,
  }
  expect(concurrencyOutcomeOf({ type: 'answer', result }, reading)).toEqual({ type: 'answer', pauseSeconds })
})

test('what a provider asks for is waited for up to the most that a call waits, and no second longer', () => {
  expect(failure(503, { 'retry-after': '120' }).pauseSeconds).toBe(120)
  expect(failure(503, { 'retry-after': '121' }).pauseSeconds).toBeUndefined()
  expect(failure(403, { 'retry-after': '3' })).toEqual({ type: 'other' })
})
