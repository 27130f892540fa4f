import { type RequestEnd, succeeded } from '../../metadata/event.ts'
import { completionTokensOf, promptTokensOf, totalTokensOf } from '../../metadata/usage.ts'
import {
  countOf,
  difference,
  type FigurePath,
  type Formula,
  figure,
  measure,
  notBelow0,
  quotient,
  type StatisticName,
} from './formula.ts'
import { countRequests, durations, hasAnswer, isFailed, requestOf, type Subject, tokensOf, usageOf } from './subject.ts'

/** Formulas by the key of a block; undefined for keys that are no figures of it. */
export type BlockFormulas = (key: string) => Formula | undefined

const isRetry = ({ resendCount }: RequestEnd) => resendCount > 0

/** The keys of `requests` and `performance` that count attempts. `block` is where they stand. */
export function requestFormulas(subject: Subject, block: FigurePath): BlockFormulas {
  const requests = () => countRequests(subject, 'requests', () => true)
  const failures = () =>
    notBelow0(
      difference(countRequests(subject, 'failed attempts', isFailed), countRequests(subject, 'retries', isRetry)),
    )
  return keyed({
    total_requests: requests,
    total_retries: () => countRequests(subject, 'retries', isRetry),
    total_failures: failures,
    retry_rate: () => quotient(figure(...block, 'total_retries'), figure(...block, 'total_requests')),
    failure_rate: () => quotient(figure(...block, 'total_failures'), figure(...block, 'total_requests')),
    failed_attempts: () => countRequests(subject, 'failed attempts', isFailed),
    retry_wait_seconds: () => waits(subject),
    unpriced_requests: () => countRequests(subject, 'answers without a price', isUnpriced),
    in_flight_requests: () =>
      difference(
        countOf(
          `announced requests of ${subject.name}`,
          (event) => event.type === 'request-start' && subject.has(event),
        ),
        countRequests(subject, 'announced requests that ended', ({ isAnnounced }) => isAnnounced === true),
      ),
  })
}

/** The keys of `calls`. */
export function callFormulas(subject: Subject): BlockFormulas {
  return keyed({
    total: () => countRequests(subject, 'first tries', (request) => !isRetry(request)),
    succeeded: () => countRequests(subject, 'requests that succeeded', succeeded),
    failed: requestFormulas(subject, [])('total_failures') ?? (() => undefined),
  })
}

/** A statistic over calls, from the first try to the answer. */
export function callLatency(subject: Subject, statistic: StatisticName): Formula {
  return durations(subject, {
    what: 'time from first try to answer of the calls',
    reduction: statistic,
    read: (request) => (succeeded(request) ? (request.callDurationSeconds ?? request.durationSeconds) : undefined),
  })
}

/** A statistic over attempts, from the send to the last byte. */
export function requestLatency(subject: Subject, reduction: StatisticName | 'sum'): Formula {
  return durations(subject, {
    what: 'duration of the requests',
    reduction,
    read: ({ durationSeconds }) => durationSeconds,
  })
}

/** A statistic over the first tokens of streams that succeeded. */
export function firstTokenLatency(subject: Subject, statistic: StatisticName): Formula {
  return durations(subject, {
    what: 'time to the first token of the streams',
    reduction: statistic,
    read: (request) => (succeeded(request) ? request.timeToFirstTokenSeconds : undefined),
  })
}

export function waits(subject: Subject): Formula {
  return durations(subject, {
    what: 'wait before the retries',
    reduction: 'sum',
    read: (request) => (isRetry(request) ? (request.waitSeconds ?? 0) : undefined),
  })
}

/** The keys of `token_statistics` and `tokens`. `block` is where they stand. */
export function tokenFormulas(subject: Subject, block: FigurePath): BlockFormulas {
  const reports = () =>
    countOf(`requests that reported usage of ${subject.name}`, (event) => usageOf(subject, event) !== undefined)
  const average = (key: string) => () => quotient(figure(...block, key), reports())
  return keyed({
    total_prompt_tokens: () => tokensOf(subject, 'input tokens', promptTokensOf),
    total_completion_tokens: () => tokensOf(subject, 'output tokens', completionTokensOf),
    total_tokens: () => tokensOf(subject, 'tokens', totalTokensOf),
    avg_prompt_tokens: average('total_prompt_tokens'),
    avg_completion_tokens: average('total_completion_tokens'),
    avg_total_tokens: average('total_tokens'),
    cached_prompt_tokens: () => tokensOf(subject, 'tokens read from a cache', ({ cacheRead }) => cacheRead),
    cache_write_tokens: () =>
      tokensOf(subject, 'tokens written to a cache', (usage) => (usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0)),
    reasoning_tokens: () => tokensOf(subject, 'reasoning tokens', ({ reasoning }) => reasoning),
    audio_tokens: () =>
      tokensOf(subject, 'audio tokens', ({ inputAudio = 0, outputAudio = 0 }) => inputAudio + outputAudio),
    requests_without_usage: () =>
      countRequests(subject, 'answers without usage', (request) => hasAnswer(request) && request.usage === undefined),
    estimated_tokens: () =>
      measure('sum', `estimated tokens of ${subject.name}`, (event) => {
        const estimate = requestOf(subject, event)?.estimatedUsage
        return estimate === undefined ? undefined : totalTokensOf(estimate)
      }),
  })
}

/** An answer whose cost nobody knows, be it a real one or a rehearsed one. */
export function isUnpriced(request: RequestEnd): boolean {
  const { cost } = request
  if (cost === undefined) return hasAnswer(request)
  return (cost.status === 'simulated' ? cost.rehearsedStatus : cost.status) === 'unpriced'
}

/** How often an error occurred among the attempts of a subject. */
export function errorCount(subject: Subject, errorType: string): Formula {
  return countRequests(
    subject,
    `attempts that failed with ${errorType}`,
    (request) => isFailed(request) && (request.errorType ?? `http_${request.status}`) === errorType,
  )
}

/** A block from its keys. */
export function keyed(formulas: Readonly<Record<string, (() => Formula | undefined) | Formula>>): BlockFormulas {
  return (key) => {
    const formula = Object.hasOwn(formulas, key) ? formulas[key] : undefined
    return typeof formula === 'function' ? formula() : formula
  }
}
