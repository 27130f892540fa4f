import type { RecordDuplicate, RecordEnd } from '../event.ts'
import { microseconds } from '../statistics/rounding.ts'
import { figureOf } from './figure.ts'
import { difference, figure, quotient } from './formula.ts'
import { tallied } from './subject.ts'
import type { DuplicateTally, KindTally, RecordTally } from './tally.ts'

const isFailed = ({ succeeded }: RecordEnd) => !succeeded
const isFailedBefore = ({ repeatsFailure }: RecordEnd) => repeatsFailure === true
const isRepeated = (end: RecordEnd) => isFailedBefore(end) || end.repeatsSuccess === true

/** Each end of a record. */
export const recordEnds = counted('ends of records', () => true)
const repeats = counted('records that were done again', isRepeated)
/** Each end of a record that failed. */
export const recordFailures = counted('records that failed', isFailed)
const failuresBefore = counted('failed records that were done again', isFailedBefore)

function counted(what: string, isMeant: (end: RecordEnd) => boolean): RecordTally {
  return { of: 'record-end', what, keeps: 'count', read: (end) => (isMeant(end) ? 1 : undefined) }
}

function secondsOf({ durationSeconds }: RecordEnd): number | undefined {
  return durationSeconds === undefined ? undefined : microseconds(durationSeconds)
}

/** What each record cost, failed ones included. */
export const recordCosts: RecordTally = {
  of: 'record-end',
  what: 'cost of the records',
  keeps: 'amounts',
  read: ({ costPicodollars }) => costPicodollars,
}

/** How long each record took, failed ones included. */
export const recordTimes: RecordTally = {
  of: 'record-end',
  what: 'time of the records',
  keeps: 'values',
  read: secondsOf,
}

/** The most expensive and the slowest are listed where they can be named. */
export function named(tally: RecordTally): RecordTally {
  return { ...tally, read: (end) => (end.recordId === undefined ? undefined : tally.read(end)) }
}

const failedCosts: RecordTally = {
  of: 'record-end',
  what: 'cost of the failed records',
  keeps: 'money',
  read: (end) => (isFailed(end) ? end.costPicodollars : undefined),
}

const failedTimes: RecordTally = {
  of: 'record-end',
  what: 'time of the failed records',
  keeps: 'time',
  read: (end) => (isFailed(end) ? secondsOf(end) : undefined),
}

/** How often each error ended a record. */
export const recordErrors: KindTally<RecordEnd> = {
  what: (errorType) => `records that failed with ${errorType}`,
  kindOf: (end) => (isFailed(end) ? (end.errorType ?? 'unknown') : undefined),
}

/** `records` of the run. */
export const recordFigures = {
  total_processed: figureOf({
    sentence: 'Failed records included.',
    unit: 'count',
    formula: ({ subject }) => difference(tallied(subject, recordEnds), tallied(subject, repeats)),
    gate: { name: 'records', title: 'records', isTotal: true },
  }),
  total_failed: figureOf({
    sentence: 'Records that failed and were not done again with success.',
    unit: 'count',
    formula: ({ subject }) => difference(tallied(subject, recordFailures), tallied(subject, failuresBefore)),
    gate: { name: 'failed_records', title: 'failed records', better: 'lower', isTotal: true },
  }),
  success_rate: figureOf({
    sentence: '(Processed − failed) / processed.',
    unit: 'share',
    formula: ({ block }) =>
      quotient(
        difference(figure(...block, 'total_processed'), figure(...block, 'total_failed')),
        figure(...block, 'total_processed'),
      ),
    gate: { name: 'success_rate', title: 'success', better: 'higher' },
  }),
}

/** `waste.failed_records`. */
export const failedRecordFigures = {
  records: figureOf({
    sentence: 'Records that failed and were not done again with success.',
    unit: 'count',
    formula: ({ subject }) => difference(tallied(subject, recordFailures), tallied(subject, failuresBefore)),
  }),
  seconds: figureOf({
    sentence: 'Time of each failure, also of a record that succeeded when it was done again.',
    unit: 'seconds',
    formula: ({ subject }) => tallied(subject, failedTimes),
  }),
  cost_usd: figureOf({
    sentence: 'USD of each failure, also of a record that succeeded when it was done again.',
    unit: 'usd',
    formula: ({ subject }) => tallied(subject, failedCosts),
  }),
}

function ofDuplicates(
  what: string,
  keeps: DuplicateTally['keeps'],
  read: (duplicate: RecordDuplicate) => number,
): DuplicateTally {
  return { of: 'record-duplicate', what, keeps, read }
}

const duplicates = ofDuplicates('records that were worked on in vain', 'count', () => 1)
const duplicateTimes = ofDuplicates('time of the records that were worked on in vain', 'time', ({ durationSeconds }) =>
  microseconds(durationSeconds),
)
const duplicateCosts = ofDuplicates(
  'cost of the records that were worked on in vain',
  'money',
  ({ costPicodollars }) => costPicodollars,
)

/** `waste.duplicated_records`. */
export const duplicatedRecordFigures = {
  records: figureOf({
    sentence: 'How often a worker began a record that was done again, by another one or in a later session.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, duplicates),
  }),
  seconds: figureOf({
    sentence: 'Time of that work, as far as it is known.',
    unit: 'seconds',
    formula: ({ subject }) => tallied(subject, duplicateTimes),
  }),
  cost_usd: figureOf({
    sentence: 'USD spent on it, which the total holds too; what a lost worker had in flight is not known.',
    unit: 'usd',
    formula: ({ subject }) => tallied(subject, duplicateCosts),
  }),
}
