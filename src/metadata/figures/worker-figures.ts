import type { RequestEnd } from '../event.ts'
import { microseconds } from '../statistics/rounding.ts'
import { figureOf } from './figure.ts'
import { recordEnds, recordFailures } from './record-figures.ts'
import { requests } from './request-figures.ts'
import { tallied } from './subject.ts'
import type { RequestTally } from './tally.ts'
import { totalTokens } from './token-figures.ts'

const requestTime: RequestTally = {
  of: 'request-end',
  what: 'duration of the requests',
  keeps: 'time',
  read: ({ durationSeconds }) => microseconds(durationSeconds),
}

function paid(isRehearsal: boolean): RequestTally {
  return {
    of: 'request-end',
    what: 'cost of the requests',
    keeps: 'money',
    read: ({ cost }: RequestEnd) =>
      cost !== undefined && (cost.status === 'simulated') === isRehearsal ? cost.picodollars : undefined,
  }
}

const spent = paid(false)
const rehearsed = paid(true)

/** `execution.workers`, by the name of the worker. */
export const workerFigures = {
  records: figureOf({
    sentence: 'Records whose row or failure the run has from it, also where one was done again later.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, recordEnds),
  }),
  failed_records: figureOf({
    sentence: 'How many of these failed.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, recordFailures),
  }),
  total_requests: figureOf({
    sentence: 'HTTP attempts that it made, retries included.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, requests),
  }),
  total_tokens: figureOf({
    sentence: 'Tokens of its requests, as far as they were reported.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, totalTokens),
  }),
  total_cost_usd: figureOf({
    sentence:
      'USD of its requests; of a rehearsal, what they would have cost. Machines that are paid by the hour are not in it.',
    unit: 'usd',
    formula: ({ subject, isRehearsal }) => tallied(subject, isRehearsal ? rehearsed : spent),
  }),
  request_seconds: figureOf({
    sentence: 'Time of its requests, added up: more than its own time where several were under way at once.',
    unit: 'seconds',
    formula: ({ subject }) => tallied(subject, requestTime),
  }),
}
