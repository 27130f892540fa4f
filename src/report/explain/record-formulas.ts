import { picodollarsPerUsd } from '../../metadata/cost.ts'
import { microseconds } from '../../metadata/duration.ts'
import type { RecordEnd, RequestEnd } from '../../metadata/event.ts'
import { isTruncated } from '../../metadata/finish-reason.ts'
import { countOf, difference, type Formula, figure, measure, quotient, type Reduction } from './formula.ts'
import { type BlockFormulas, keyed, waits } from './request-formulas.ts'
import { countRequests, durations, isFailed, moneyOf, theRun } from './subject.ts'

const records = ['aggregate_statistics', 'records']

/** The keys of `records`. */
export const recordFormulas: BlockFormulas = keyed({
  total_processed: () =>
    difference(
      countRecords('ends of records', () => true),
      countRecords('records that were done again', (end) => isFailedAgain(end) || end.repeatsSuccess === true),
    ),
  total_failed: () =>
    difference(
      countRecords('records that failed', ({ succeeded }) => !succeeded),
      countRecords('failed records that were done again', isFailedAgain),
    ),
  success_rate: () =>
    quotient(
      difference(figure(...records, 'total_processed'), figure(...records, 'total_failed')),
      figure(...records, 'total_processed'),
    ),
})

function countRecords(what: string, isMeant: (end: RecordEnd) => boolean): Formula {
  return countOf(what, (event) => event.type === 'record-end' && isMeant(event))
}

const isFailedAgain = ({ repeatsFailure }: RecordEnd) => repeatsFailure === true

export function recordErrorCount(errorType: string): Formula {
  return countRecords(
    `records that failed with ${errorType}`,
    (end) => !end.succeeded && (end.errorType ?? 'unknown') === errorType,
  )
}

/** The cost of records, reduced. */
export function recordCost(reduction: Reduction, isMeant: (end: RecordEnd) => boolean = () => true): Formula {
  return measure(
    reduction,
    'cost of the records',
    (event) => (event.type === 'record-end' && isMeant(event) ? event.costPicodollars : undefined),
    1 / picodollarsPerUsd,
  )
}

/** The time of records, reduced. */
export function recordTime(reduction: Reduction, isMeant: (end: RecordEnd) => boolean = () => true): Formula {
  return measure(
    reduction,
    'time of the records',
    (event) =>
      event.type === 'record-end' && event.durationSeconds !== undefined && isMeant(event)
        ? microseconds(event.durationSeconds)
        : undefined,
    1e-6,
  )
}

const isAborted = (request: RequestEnd) => request.isAborted === true

/** A figure of `waste`; in a rehearsal its money is what would have been spent. */
export function wasteFormula(kind: string, key: string, isRehearsal: boolean): Formula | undefined {
  const ofRequests = (what: string, isMeant: (request: RequestEnd) => boolean) =>
    keyed({
      requests: () => countRequests(theRun, what, isMeant),
      seconds: () =>
        durations(theRun, {
          what: `duration of the ${what}`,
          reduction: 'sum',
          read: (request) => (isMeant(request) ? request.durationSeconds : undefined),
        }),
      cost_usd: () => moneyOf(theRun, { what: `cost of the ${what}`, isRehearsal, isMeant }),
    })
  const failed = (end: RecordEnd) => !end.succeeded
  switch (kind) {
    case 'failed_attempts':
      return ofRequests('failed attempts', isFailed)(key)
    case 'truncated_answers':
      return ofRequests('truncated answers', isTruncated)(key)
    case 'aborted_streams':
      return ofRequests('aborted streams', isAborted)(key)
    case 'retry_waits':
      return key === 'seconds' ? waits(theRun) : undefined
    case 'failed_records':
      return keyed({
        records: () => figure(...records, 'total_failed'),
        seconds: () => recordTime('sum', failed),
        cost_usd: () => recordCost('sum', failed),
      })(key)
    default:
      return undefined
  }
}
