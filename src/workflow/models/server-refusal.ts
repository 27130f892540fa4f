import { APICallError } from '@ai-sdk/provider'
import { type RateLimit, readRateLimit, readRetryInfo } from '../../usage/index.ts'

/** What a server says of its limits with a failed attempt: in headers, or in Google's case in the body. */
export function rateLimitOf(error: unknown, atMs: number): RateLimit {
  if (!APICallError.isInstance(error)) return {}
  const limit = readRateLimit(new Headers(error.responseHeaders), atMs)
  if (limit.retryAfterSeconds !== undefined) return limit
  const retryAfterSeconds = readRetryInfo(parsed(error.responseBody))
  return retryAfterSeconds === undefined ? limit : { ...limit, retryAfterSeconds }
}

/** True for a refusal that waiting does not mend: a wrong key, no such model, no money left. */
export function isLastingRefusal(error: unknown): boolean {
  if (!APICallError.isInstance(error)) return false
  const { statusCode } = error
  return statusCode === 401 || statusCode === 402 || statusCode === 403 || statusCode === 404 || isOutOfMoney(error)
}

/** True for a refusal because of the rate of requests or the load: 429, and Anthropic's 529. */
export function isTooMuch(error: unknown): boolean {
  return APICallError.isInstance(error) && (error.statusCode === 429 || error.statusCode === 529)
}

/** OpenAI answers 429 when the account has no money left, as it does to requests that come too fast. */
export function isOutOfMoney(error: unknown): boolean {
  return APICallError.isInstance(error) && /"insufficient_quota"/.test(error.responseBody ?? '')
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
