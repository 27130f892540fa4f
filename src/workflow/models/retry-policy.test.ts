import { APICallError } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { decideRetry, defaultRetrySettings, retrySettingsOf } from './retry-policy.ts'

const atMs = Date.parse('2026-11-26T12:00:00Z')

function refusal(statusCode: number | undefined, headers: Record<string, string> = {}, responseBody = '') {
  const request = { url: 'http://127.0.0.1', requestBodyValues: {} }
  return new APICallError({ message: 'no', ...request, statusCode, responseHeaders: headers, responseBody })
}

function decide(error: unknown, { attempt = 1, random = 1, settings = defaultRetrySettings } = {}) {
  return decideRetry({ error, attempt, settings, random: () => random, atMs })
}

test.each([408, 409, 425, 429, 500, 502, 503, 529, undefined, 200])('%s is tried again', (status) => {
  expect(decide(refusal(status)).shouldRetry).toBe(true)
})

test.each([400, 401, 403, 404, 422])('%i is not', (status) => {
  expect(decide(refusal(status)).shouldRetry).toBe(false)
})

test('connection errors and timeouts are tried again; a fault of our own is not', () => {
  expect(decide(new TypeError('fetch failed')).shouldRetry).toBe(true)
  expect(decide(new DOMException('too slow', 'TimeoutError')).shouldRetry).toBe(true)
  expect(decide(new TypeError('x is not a function')).shouldRetry).toBe(false)
})

test('the backoff doubles up to its end, and is drawn from nothing to all of it', () => {
  const waits = [1, 2, 3, 4, 5].map((attempt) => decide(refusal(500), { attempt }).waitSeconds)
  expect(waits).toEqual([0.5, 1, 2, 4, 8])
  expect(decide(refusal(500), { attempt: 3, random: 0 }).waitSeconds).toBe(0)
  const settings = { ...defaultRetrySettings, attempts: 50, firstWaitSeconds: 2, maxWaitSeconds: 10 }
  expect(decide(refusal(500), { attempt: 1, settings }).waitSeconds).toBe(2)
  expect(decide(refusal(500), { attempt: 40, settings }).waitSeconds).toBe(10)
})

test.each([
  ['seconds', { 'retry-after': '7' }, '', 7],
  ['a date', { 'retry-after': 'Thu, 26 Nov 2026 12:00:09 GMT' }, '', 9],
  ['milliseconds', { 'retry-after-ms': '250' }, '', 0.25],
  ['RetryInfo of Google', {}, '[{"error":{"details":[{"retryDelay":"13s"}]}}]', 13],
])('a server that asks for a wait in %s gets it, and a little more', (_, headers, body, seconds) => {
  expect(decide(refusal(429, headers, body), { random: 0 })).toEqual({ shouldRetry: true, waitSeconds: seconds })
  expect(decide(refusal(429, headers, body)).waitSeconds).toBeCloseTo(seconds * 1.1)
})

test('a server that asks for more patience than there is, or wants money, is not asked again', () => {
  expect(decide(refusal(429, { 'retry-after': '3600' })).shouldRetry).toBe(false)
  expect(decide(refusal(429, {}, '{"error":{"code":"insufficient_quota"}}')).shouldRetry).toBe(false)
  const settings = { ...defaultRetrySettings, maxServerWaitSeconds: 7200 }
  expect(decide(refusal(429, { 'retry-after': '3600' }), { settings, random: 0 }).waitSeconds).toBe(3600)
})

test('the last attempt is the last', () => {
  expect(decide(refusal(500), { attempt: 6 }).shouldRetry).toBe(false)
})

test('the names of the Python system hold, and retry_attempts goes before max_retries', () => {
  expect(retrySettingsOf({ max_retries: 3, delay: 100 })).toMatchObject({ attempts: 4, delaySeconds: 0.1 })
  expect(retrySettingsOf({ max_retries: 3, retry_attempts: 8 }).attempts).toBe(8)
})
