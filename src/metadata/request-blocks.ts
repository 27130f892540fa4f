import type { RequestTotals } from './request-totals.ts'
import { ratio, roundedSeconds } from './rounding.ts'
import type { CallStatistics, RequestStatistics, TokenStatistics } from './schema.ts'
import { latencyBlock } from './statistics-block.ts'
import type { TokenTotals } from './token-totals.ts'

/** `requests`: attempts, retries and failures with their rates. */
export function requestBlock(totals: RequestTotals) {
  return {
    total_requests: totals.requests,
    total_retries: totals.retries,
    total_failures: Math.max(0, totals.failures),
    retry_rate: ratio(totals.retries, totals.requests),
    failure_rate: ratio(Math.max(0, totals.failures), totals.requests),
    failed_attempts: totals.failedAttempts,
    retry_wait_seconds: roundedSeconds(totals.waitMicroseconds),
  } satisfies RequestStatistics
}

/** `calls`: what the program asked for, from the first try to the final answer. */
export function callBlock(totals: RequestTotals): CallStatistics {
  return {
    total: Math.max(0, totals.calls),
    succeeded: totals.succeededCalls,
    failed: Math.max(0, totals.failures),
    latency_statistics: latencyBlock(totals.callLatency),
  }
}

/** `token_statistics`: totals, averages per attempt that reported usage, and the classes within. */
export function tokenBlock(totals: TokenTotals): TokenStatistics {
  return {
    total_prompt_tokens: totals.prompt,
    total_completion_tokens: totals.completion,
    total_tokens: totals.total,
    avg_prompt_tokens: ratio(totals.prompt, totals.reports),
    avg_completion_tokens: ratio(totals.completion, totals.reports),
    avg_total_tokens: ratio(totals.total, totals.reports),
    ...tokenClassBlock(totals),
  }
}

/** The classes within the totals, and what is not in them. */
export function tokenClassBlock({ classes, answersWithoutUsage, estimated }: TokenTotals) {
  return {
    cached_prompt_tokens: classes.cacheRead,
    cache_write_tokens: classes.cacheWrite5m + classes.cacheWrite1h,
    reasoning_tokens: classes.reasoning,
    audio_tokens: classes.inputAudio + classes.outputAudio,
    requests_without_usage: answersWithoutUsage,
    estimated_tokens: estimated,
  }
}
