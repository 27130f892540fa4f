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

  test('the names that are trusted more come first, unless they tell nothing', () => {
    expect(read({ 'x-ratelimit-limit-requests': '5', 'ratelimit-limit': '7' }).limitRequests).toBe(5)
    expect(read({ 'x-ratelimit-limit-requests': 'many', 'ratelimit-limit': ' 7 ' }).limitRequests).toBe(7)
    expect(read({ 'ratelimit-limit': '123456789012345' }).limitRequests).toBe(123456789012345)
    for (const limit of ['1234567890123456', '7 of', 'of 7']) expect(read({ 'ratelimit-limit': limit })).toEqual({})
  })

  test.each([
    ['x-ratelimit-limit', 'limitRequests'],
    ['x-ratelimit-remaining', 'remainingRequests'],
    ['x-ratelimit-reset', 'resetRequestsSeconds'],
    ['anthropic-ratelimit-tokens-limit', 'limitTokens'],
    ['anthropic-ratelimit-tokens-remaining', 'remainingTokens'],
    ['anthropic-ratelimit-tokens-reset', 'resetTokensSeconds'],
    ['anthropic-ratelimit-input-tokens-limit', 'limitTokens'],
    ['x-ratelimit-limit-project-tokens', 'limitTokens'],
    ['x-ratelimit-remaining-project-tokens', 'remainingTokens'],
    ['x-ratelimit-reset-project-tokens', 'resetTokensSeconds'],
  ])('%s alone is %s', (header, name) => {
    expect(read({ [header]: '9' })).toEqual({ [name]: 9 })
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
  [{ 'retry-after-ms': 'NaN', 'retry-after': '3' }, 3],
  [{ 'retry-after-ms': ' 12.25 ' }, 0.01225],
  [{ 'retry-after-ms': '5 ms' }, undefined],
  [{ 'retry-after': '' }, undefined],
  [{ 'retry-after': '0.125' }, 0.125],
  [{ 'retry-after': '5 apples' }, undefined],
  [{ 'retry-after': '11/23/2026' }, undefined],
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
  ['0.125', 0.125],
  ['12m', 720],
  ['12h34m56.789s', 45_296.789],
  ['999999999', 999_999_999],
  ['1000000000', 0],
  ['10000000000', 0],
  ['2026-11-23', undefined],
  ['in 2026-11-23T10:00:00Z', undefined],
  ['2026-11-23T99:00:00Z', undefined],
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
    expect(readRetryInfo({ error: { details: [{ retryDelay: '12.125s' }] } })).toBe(12.125)
    for (const retryDelay of ['in 5s', '5s or more', 5])
      expect(readRetryInfo({ error: { details: [{ retryDelay }] } })).toBe(undefined)
  })

  test.each([undefined, null, 'x', {}, { error: { details: 'x' } }, { error: { details: [{ retryDelay: 'soon' }] } }])(
    'is not in %j',
    (body) => {
      expect(readRetryInfo(body)).toBeUndefined()
    },
  )
})
