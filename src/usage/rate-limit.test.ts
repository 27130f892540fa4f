import { describe, expect, test } from 'vitest'
import { readRateLimit, readRetryInfo, secondsUntil } from './rate-limit.ts'

const nowMs = Date.parse('2026-11-23T10:00:00Z')

function read(headers: Record<string, string>) {
  return readRateLimit(new Headers(headers), nowMs)
}

describe('headers', () => {
  test("OpenAI's name requests and tokens apart, with durations", () => {
    const headers = {
      'x-ratelimit-limit-requests': '5000',
      'x-ratelimit-limit-tokens': '160000',
      'x-ratelimit-remaining-requests': '4999',
      'x-ratelimit-remaining-tokens': '159976',
      'x-ratelimit-reset-requests': '12ms',
      'x-ratelimit-reset-tokens': '6m0s',
    }
    expect(read(headers)).toEqual({
      limitRequests: 5000,
      limitTokens: 160000,
      remainingRequests: 4999,
      remainingTokens: 159976,
      resetRequestsSeconds: 0.012,
      resetTokensSeconds: 360,
    })
  })

  test("Anthropic's have times of the day, and tokens of input where there is no sum", () => {
    const headers = {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '49',
      'anthropic-ratelimit-requests-reset': '2026-11-23T10:00:30Z',
      'anthropic-ratelimit-input-tokens-remaining': '29000',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-23T09:59:00Z',
      'retry-after': '12',
    }
    expect(read(headers)).toEqual({
      retryAfterSeconds: 12,
      limitRequests: 50,
      remainingRequests: 49,
      resetRequestsSeconds: 30,
      remainingTokens: 29000,
      resetTokensSeconds: 0,
    })
  })

  test('the generic ones count requests', () => {
    expect(read({ 'ratelimit-limit': '10', 'ratelimit-remaining': '0', 'ratelimit-reset': '7' })).toEqual({
      limitRequests: 10,
      remainingRequests: 0,
      resetRequestsSeconds: 7,
    })
  })

  test('without any there is nothing', () => {
    expect(read({})).toEqual({})
  })

  test('nonsense is nothing', () => {
    const headers = { 'retry-after': 'soon', 'x-ratelimit-remaining-tokens': '-1', 'x-ratelimit-reset-tokens': 'never' }
    expect(read(headers)).toEqual({})
  })
})

test.each([
  [{ 'retry-after': '20' }, 20],
  [{ 'retry-after': '0.5' }, 0.5],
  [{ 'retry-after': '20', 'retry-after-ms': '1500' }, 1.5],
  [{ 'retry-after': 'Mon, 23 Nov 2026 10:00:45 GMT' }, 45],
  [{ 'retry-after': 'Mon, 23 Nov 2026 09:00:00 GMT' }, 0],
  [{ 'retry-after': '2026-11-23T10:00:05Z' }, 5],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after-ms': 'NaN' }, undefined],
])('%j waits %s seconds', (headers, seconds) => {
  expect(read(headers).retryAfterSeconds).toBe(seconds)
})

test.each([
  ['1s', 1],
  ['20ms', 0.02],
  ['6m0s', 360],
  ['2m59.56s', 179.56],
  ['1h', 3600],
  ['1h30m10s', 5410],
  ['15', 15],
  [String(nowMs / 1000 + 60), 60],
  [String(nowMs + 90_000), 90],
  [String(nowMs / 1000 - 60), 0],
  ['2026-11-23T10:00:00.250Z', 0.25],
  ['', undefined],
  ['tomorrow', undefined],
  ['1x', undefined],
])('a reset of "%s" is %s seconds away', (text, seconds) => {
  expect(secondsUntil(text, nowMs)).toBe(seconds)
})

describe("Google's wait", () => {
  const details = [
    { '@type': 'type.googleapis.com/google.rpc.QuotaFailure' },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '23.5s' },
  ]

  test('stands in the body of a 429, alone or in a list', () => {
    expect(readRetryInfo({ error: { code: 429, details } })).toBe(23.5)
    expect(readRetryInfo([{ error: { code: 429, details } }])).toBe(23.5)
  })

  test.each([undefined, null, 'x', {}, { error: { details: [{ retryDelay: 'soon' }] } }])('is not in %j', (body) => {
    expect(readRetryInfo(body)).toBeUndefined()
  })
})
