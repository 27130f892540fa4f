import { isTimed, type RequestEnd, reachedProvider, succeeded } from '../event.ts'
import { isTruncated } from '../events/finish-reason.ts'
import { errorKindOf } from '../events/request-failure.ts'
import { microseconds } from '../statistics/rounding.ts'
import { completionTokensOf } from '../usage.ts'
import { addedFigure, type FigurePlace, figureOf } from './figure.ts'
import { difference, type Formula, figure, notBelow0, quotient } from './formula.ts'
import { tallied } from './subject.ts'
import type { KindTally, RequestTally, StartTally } from './tally.ts'
import { hasAnswer } from './token-figures.ts'

const isRetry = ({ resendCount }: RequestEnd) => resendCount > 0
const isAborted = (request: RequestEnd) => request.isAborted === true

// Each tally reads with a function of its own, so that the fold, which runs for every request, is compiled into one piece.

/** Attempts: first tries and retries. */
export const requests = counting('requests', () => 1)
const retries = counting('retries', (request) => oneIf(isRetry(request)))
const failedAttempts = counting('failed attempts', (request) => oneIf(!succeeded(request)))
/** A retry of an answer repeats no failed attempt, and the answer was not the last of its call. */
const repeatedAnswers = counting('answers that were asked for again', (request) =>
  oneIf(isRetry(request) && request.repeatsAnswer === true),
)
/** Each first try is one call. */
export const firstTries = counting('first tries', (request) => oneIf(!isRetry(request)))
const successes = counting('requests that succeeded', (request) => oneIf(succeeded(request)))
const truncatedAnswers = counting('truncated answers', (request) => oneIf(isTruncated(request)))
const abortedStreams = counting('aborted streams', (request) => oneIf(isAborted(request)))
const announcedEnds = counting('announced requests that ended', ({ isAnnounced }) => oneIf(isAnnounced === true))
const gatewayCacheHits = counting("hits of a gateway's cache", (request) => oneIf(!reachedProvider(request)))
const deferredEnds = counting('requests told of later', (request) =>
  oneIf(reachedProvider(request) && !isTimed(request)),
)
const unpricedHits = counting("hits of a gateway's cache without a price, or a part of it,", (request) =>
  oneIf(!reachedProvider(request) && isValueUnknown(request)),
)
const starts: StartTally = { of: 'request-start', what: 'announced requests', keeps: 'count', read: () => 1 }

const waits: RequestTally = {
  of: 'request-end',
  what: 'wait before the retries',
  keeps: 'time',
  read: (request) => (isRetry(request) ? microseconds(request.waitSeconds ?? 0) : undefined),
}
const successTime: RequestTally = {
  of: 'request-end',
  what: 'duration of the requests to the provider that succeeded',
  keeps: 'time',
  read: (request) => (succeeded(request) && isTimed(request) ? microseconds(request.durationSeconds) : undefined),
}
/** A stream that failed may have used tokens too; its time is not in the divisor, so they are not in here. */
const tokensOfSuccesses: RequestTally = {
  of: 'request-end',
  what: 'output tokens of the requests to the provider that succeeded',
  keeps: 'sum',
  read: (request) =>
    request.usage !== undefined && succeeded(request) && isTimed(request)
      ? (completionTokensOf(request.usage) ?? 0)
      : undefined,
}
const failedTime: RequestTally = {
  of: 'request-end',
  what: 'duration of the failed attempts',
  keeps: 'time',
  read: (request) => (succeeded(request) ? undefined : microseconds(request.durationSeconds)),
}

/** From the send to the last byte. */
export const requestDurations: RequestTally = {
  of: 'request-end',
  what: 'duration of the requests to the provider',
  keeps: 'values',
  read: (request) => (isTimed(request) ? microseconds(request.durationSeconds) : undefined),
}

/** From the first try to the final answer. */
export const callDurations: RequestTally = {
  of: 'request-end',
  what: 'time from first try to answer by the provider of the calls',
  keeps: 'values',
  read: (request) =>
    succeeded(request) && isTimed(request)
      ? microseconds(request.callDurationSeconds ?? request.durationSeconds)
      : undefined,
}

export const firstTokenTimes: RequestTally = {
  of: 'request-end',
  what: 'time to the first token of the streams',
  keeps: 'values',
  read: (request) =>
    request.timeToFirstTokenSeconds !== undefined && succeeded(request) && isTimed(request)
      ? microseconds(request.timeToFirstTokenSeconds)
      : undefined,
}

const valueOfHits = paying("what the hits of a gateway's cache would have cost", (request) =>
  reachedProvider(request) ? undefined : request.cost?.calculatedPicodollars,
)

const failedCost: CostTallies = {
  spent: paying('cost of the failed attempts', (request) => (succeeded(request) ? undefined : spentOf(request))),
  rehearsed: paying('cost of the failed attempts', (request) =>
    succeeded(request) ? undefined : rehearsedOf(request),
  ),
}
const truncatedCost: CostTallies = {
  spent: paying('cost of the truncated answers', (request) => (isTruncated(request) ? spentOf(request) : undefined)),
  rehearsed: paying('cost of the truncated answers', (request) =>
    isTruncated(request) ? rehearsedOf(request) : undefined,
  ),
}
const abortedCost: CostTallies = {
  spent: paying('cost of the aborted streams', (request) => (isAborted(request) ? spentOf(request) : undefined)),
  rehearsed: paying('cost of the aborted streams', (request) =>
    isAborted(request) ? rehearsedOf(request) : undefined,
  ),
}

/** Money that was spent and money of rehearsals are never added up. */
interface CostTallies {
  readonly spent: RequestTally
  readonly rehearsed: RequestTally
}

function costOf({ spent, rehearsed }: CostTallies): (place: FigurePlace) => Formula {
  return ({ subject, isRehearsal }) => tallied(subject, isRehearsal ? rehearsed : spent)
}

function counting(what: string, read: RequestTally['read']): RequestTally {
  return { of: 'request-end', what, keeps: 'count', read }
}

function paying(what: string, read: RequestTally['read']): RequestTally {
  return { of: 'request-end', what, keeps: 'money', read }
}

function spentOf({ cost }: RequestEnd): number | undefined {
  return cost === undefined || cost.status === 'simulated' ? undefined : cost.picodollars
}

function rehearsedOf({ cost }: RequestEnd): number | undefined {
  return cost?.status === 'simulated' ? cost.picodollars : undefined
}

// Where a price, or a part of it, is missing, the cost says why, though the amount that the gateway stated is whole.
function isValueUnknown({ cost, status }: RequestEnd): boolean {
  return cost === undefined ? hasAnswer(status) : cost.reason !== undefined
}

function oneIf(isMeant: boolean): 1 | undefined {
  return isMeant ? 1 : undefined
}

/** Every attempt by its status; 0 where no response arrived. */
export const responseCodes: KindTally<RequestEnd> = {
  what: (code) => `answers with ${code}`,
  kindOf: ({ status }) => String(status),
}

/** How often each error occurred among the attempts. */
export const requestErrors: KindTally<RequestEnd> = {
  what: (errorType) => `attempts that failed with ${errorType}`,
  kindOf: (request) => (succeeded(request) ? undefined : errorKindOf(request)),
}

function failures({ subject }: FigurePlace): Formula {
  const repeatedFailures = difference(tallied(subject, retries), tallied(subject, repeatedAnswers))
  return notBelow0(difference(tallied(subject, failedAttempts), repeatedFailures))
}

const totals = {
  total_requests: figureOf({
    sentence: 'HTTP attempts, first tries and retries.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, requests),
    gate: { name: 'requests', title: 'requests', isTotal: true },
  }),
  total_retries: figureOf({
    sentence: 'Attempts that repeat one of the same call that failed, or whose answer could not be used.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, retries),
    gate: { name: 'retries', title: 'retries', better: 'lower', isTotal: true },
  }),
  total_failures: figureOf({
    sentence: 'Attempts that did not succeed and were not retried.',
    unit: 'count',
    formula: failures,
    gate: { name: 'failures', title: 'failed requests', better: 'lower', isTotal: true },
  }),
}

const failureRate = figureOf({
  sentence: 'Failures / requests.',
  unit: 'share',
  formula: ({ block }) => quotient(figure(...block, 'total_failures'), figure(...block, 'total_requests')),
  gate: { name: 'failure_rate', title: 'failure rate', better: 'lower' },
})

const moreOfAttempts = {
  failed_attempts: addedFigure({
    sentence: 'Attempts that did not succeed, retried or not.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, failedAttempts),
  }),
  retry_wait_seconds: addedFigure({
    sentence: 'Time between a failed attempt and the one that repeats it.',
    unit: 'seconds',
    formula: ({ subject }) => tallied(subject, waits),
  }),
}

const isSome = (number: number) => number > 0

const ofDeferredWork = {
  deferred_requests: addedFigure({
    sentence: 'Requests whose usage was told of later, as of batches and of work in the background: in no latency.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, deferredEnds),
    isWritten: isSome,
  }),
}

const ofGatewayCaches = {
  gateway_cache_hits: addedFigure({
    sentence: 'Requests that a gateway answered from its cache: they cost nothing, and their times are in no latency.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, gatewayCacheHits),
    isWritten: isSome,
  }),
  gateway_cache_saved_usd: addedFigure({
    sentence: 'What the hits would have cost at the prices of their models; in no total.',
    unit: 'usd',
    formula: ({ subject }) => tallied(subject, valueOfHits),
    isWritten: isSome,
  }),
  unpriced_gateway_cache_hits: addedFigure({
    sentence: 'Hits for which that amount, or a part of it, is not known and counted as $0.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, unpricedHits),
    isWritten: isSome,
  }),
}

const retryRate = {
  sentence: 'Retries / requests.',
  unit: 'share',
  formula: ({ block }: FigurePlace) => quotient(figure(...block, 'total_retries'), figure(...block, 'total_requests')),
  gate: { name: 'retry_rate', title: 'retry rate', better: 'lower' },
} as const

/** `requests` of a node, and of what is outside nodes. */
export const requestFigures = {
  ...totals,
  retry_rate: addedFigure(retryRate),
  failure_rate: failureRate,
  ...moreOfAttempts,
  ...ofGatewayCaches,
  ...ofDeferredWork,
}

/** `requests` of the run. */
export const runRequestFigures = {
  ...totals,
  retry_rate: figureOf(retryRate),
  failure_rate: failureRate,
  ...moreOfAttempts,
  ...ofGatewayCaches,
  ...ofDeferredWork,
  in_flight_requests: addedFigure({
    sentence: 'Requests that were sent and whose end is unknown: in flight, or lost with the process.',
    unit: 'count',
    formula: ({ subject }) => notBelow0(difference(tallied(subject, starts), tallied(subject, announcedEnds))),
    isWritten: isSome,
  }),
}

/** `performance` of a model. */
export const performanceFigures = {
  ...totals,
  failure_rate: failureRate,
  total_latency_seconds: figureOf({
    sentence: "Over all attempts, send to last byte; waits and hits of a gateway's cache are not in it.",
    unit: 'seconds',
    formula: ({ subject }) => tallied(subject, requestDurations, 'sum'),
  }),
  average_latency_seconds: figureOf({
    sentence: "Total latency / requests that were no hits of a gateway's cache and not deferred.",
    unit: 'seconds',
    formula: ({ block }) =>
      quotient(
        figure(...block, 'total_latency_seconds'),
        difference(
          difference(figure(...block, 'total_requests'), figure(...block, 'gateway_cache_hits')),
          figure(...block, 'deferred_requests'),
        ),
      ),
  }),
  tokens_per_second: figureOf({
    sentence: "Completion tokens of successful attempts / their duration; both without hits of a gateway's cache.",
    unit: 'rate',
    formula: ({ subject }) => quotient(tallied(subject, tokensOfSuccesses), tallied(subject, successTime)),
    gate: { name: 'tokens_per_second', title: 'tokens out per s', better: 'higher' },
  }),
  ...moreOfAttempts,
  ...ofGatewayCaches,
  ...ofDeferredWork,
}

/** `calls`: what the program asked for, from the first try to the final answer. */
export const callFigures = {
  total: figureOf({
    sentence: 'First tries: each is one call.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, firstTries),
  }),
  succeeded: figureOf({
    sentence: 'Calls that got their answer.',
    unit: 'count',
    formula: ({ subject }) => notBelow0(difference(tallied(subject, successes), tallied(subject, repeatedAnswers))),
  }),
  failed: figureOf({ sentence: 'Calls whose last attempt failed.', unit: 'count', formula: failures }),
}

/** `waste` of the run, as far as it comes from requests. */
export const wasteFigures = {
  failed_attempts: {
    requests: figureOf({
      sentence: 'How many.',
      unit: 'count',
      formula: ({ subject }) => tallied(subject, failedAttempts),
    }),
    seconds: figureOf({
      sentence: 'Time spent on them.',
      unit: 'seconds',
      formula: ({ subject }) => tallied(subject, failedTime),
    }),
    cost_usd: figureOf({
      sentence: 'USD spent on them.',
      unit: 'usd',
      formula: costOf(failedCost),
    }),
  },
  retry_waits: {
    seconds: figureOf({
      sentence: 'Time between a failed attempt and the one that repeats it.',
      unit: 'seconds',
      formula: ({ subject }) => tallied(subject, waits),
    }),
  },
  truncated_answers: {
    requests: figureOf({
      sentence: 'How many.',
      unit: 'count',
      formula: ({ subject }) => tallied(subject, truncatedAnswers),
    }),
    cost_usd: figureOf({
      sentence: 'USD spent on them.',
      unit: 'usd',
      formula: costOf(truncatedCost),
    }),
  },
  aborted_streams: {
    requests: figureOf({
      sentence: 'How many.',
      unit: 'count',
      formula: ({ subject }) => tallied(subject, abortedStreams),
    }),
    cost_usd: figureOf({
      sentence: 'USD spent on them.',
      unit: 'usd',
      formula: costOf(abortedCost),
    }),
  },
}

/** Of a node's requests to one model. */
export const nodeModelFigures = { total_requests: totals.total_requests }
