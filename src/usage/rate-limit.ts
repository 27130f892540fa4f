import { memberOf } from './json-value.ts'
import type { AnswerHeaders } from './wire-format.ts'

/** What a provider says about its limits. A field left out was not stated. */
export interface RateLimit {
  readonly retryAfterSeconds?: number
  readonly limitRequests?: number
  readonly remainingRequests?: number
  readonly resetRequestsSeconds?: number
  readonly limitTokens?: number
  readonly remainingTokens?: number
  readonly resetTokensSeconds?: number
}

/** Header names in the order of trust: OpenAI's family, Anthropic's, the generic ones. */
const requestHeaders = {
  limit: ['x-ratelimit-limit-requests', 'anthropic-ratelimit-requests-limit', 'x-ratelimit-limit', 'ratelimit-limit'],
  remaining: [
    ...['x-ratelimit-remaining-requests', 'anthropic-ratelimit-requests-remaining'],
    ...['x-ratelimit-remaining', 'ratelimit-remaining'],
  ],
  reset: ['x-ratelimit-reset-requests', 'anthropic-ratelimit-requests-reset', 'x-ratelimit-reset', 'ratelimit-reset'],
}

const tokenHeaders = {
  limit: [
    ...['x-ratelimit-limit-tokens', 'anthropic-ratelimit-tokens-limit', 'anthropic-ratelimit-input-tokens-limit'],
    'x-ratelimit-limit-project-tokens',
  ],
  remaining: [
    ...['x-ratelimit-remaining-tokens', 'anthropic-ratelimit-tokens-remaining'],
    ...['anthropic-ratelimit-input-tokens-remaining', 'x-ratelimit-remaining-project-tokens'],
  ],
  reset: [
    ...['x-ratelimit-reset-tokens', 'anthropic-ratelimit-tokens-reset', 'anthropic-ratelimit-input-tokens-reset'],
    'x-ratelimit-reset-project-tokens',
  ],
}

/** Reads the rate-limit headers of an answer; times are counted in seconds from `nowMs`, by the clock of the wall. */
export function readRateLimit(headers: AnswerHeaders, nowMs: number): RateLimit {
  const limit: Record<keyof RateLimit, number | undefined> = {
    retryAfterSeconds: readRetryAfter(headers, nowMs),
    limitRequests: first(headers, requestHeaders.limit, wholeNumber),
    remainingRequests: first(headers, requestHeaders.remaining, wholeNumber),
    resetRequestsSeconds: first(headers, requestHeaders.reset, (text) => secondsUntil(text, nowMs)),
    limitTokens: first(headers, tokenHeaders.limit, wholeNumber),
    remainingTokens: first(headers, tokenHeaders.remaining, wholeNumber),
    resetTokensSeconds: first(headers, tokenHeaders.reset, (text) => secondsUntil(text, nowMs)),
  }
  return Object.fromEntries(Object.entries(limit).filter(([, value]) => value !== undefined))
}

/** The wait that a 429 of Google's asks for in its body, by `google.rpc.RetryInfo`; undefined when there is none. */
export function readRetryInfo(body: unknown): number | undefined {
  const root: unknown = Array.isArray(body) ? body[0] : body
  const details = memberOf(memberOf(root, 'error'), 'details')
  if (!Array.isArray(details)) return undefined
  for (const detail of details) {
    const delay = memberOf(detail, 'retryDelay')
    const seconds = typeof delay === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1] : undefined
    if (seconds !== undefined) return Number(seconds)
  }
  return undefined
}

/** The wait in seconds that an answer asks for, in seconds or as a date; undefined where it asks for none. */
export function readRetryAfter(headers: AnswerHeaders, nowMs: number): number | undefined {
  const milliseconds = headers.get('retry-after-ms')
  if (milliseconds !== null && /^\d+(\.\d+)?$/.test(milliseconds.trim())) return Number(milliseconds) / 1000
  const text = headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  const dateMs = Date.parse(text)
  // A negative number is read as a year by some, so a date must begin with the name of a day or have the ISO form.
  if (Number.isNaN(dateMs) || !/^([A-Za-z]|\d{4}-)/.test(text)) return undefined
  return Math.max(0, (dateMs - nowMs) / 1000)
}

function first(
  headers: AnswerHeaders,
  names: readonly string[],
  read: (text: string) => number | undefined,
): number | undefined {
  for (const name of names) {
    const text = headers.get(name)
    const value = text === null ? undefined : read(text.trim())
    if (value !== undefined) return value
  }
  return undefined
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

const durationForm = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)(ms|s))?$/

/** Plain numbers below this are a wait in seconds: as a moment it would be in the year 2001. */
const leastEpochSeconds = 1e9
/** Plain numbers from here are a moment in milliseconds. */
const leastEpochMilliseconds = 1e10

/**
 * Seconds until the moment a reset header names: a duration (`6m0s`, `20ms`), an RFC 3339 time, a number of seconds, or a
 * moment since 1970 in seconds or milliseconds. A moment that has passed is 0; undefined for anything else.
 */
export function secondsUntil(text: string, nowMs: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return fromNumber(Number(text), nowMs)
  const duration = durationForm.exec(text)
  if (duration !== null && text !== '') {
    const [, hours = '0', minutes = '0', rest = '0', unit] = duration
    return Number(hours) * 3600 + Number(minutes) * 60 + Number(rest) / (unit === 'ms' ? 1000 : 1)
  }
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text)) return undefined
  const momentMs = Date.parse(text)
  return Number.isNaN(momentMs) ? undefined : Math.max(0, (momentMs - nowMs) / 1000)
}

function fromNumber(value: number, nowMs: number): number {
  if (value < leastEpochSeconds) return value
  const momentMs = value < leastEpochMilliseconds ? value * 1000 : value
  return Math.max(0, (momentMs - nowMs) / 1000)
}
