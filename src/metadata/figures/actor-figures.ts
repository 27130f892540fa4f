import type { ActorEnd } from '../event.ts'
import { microseconds } from '../statistics/rounding.ts'
import { figureOf } from './figure.ts'
import { difference, figure, quotient } from './formula.ts'
import { tallied } from './subject.ts'
import type { ActorTally, KindTally } from './tally.ts'

const executions = counted('executions', () => true)
const failures = counted('failed executions', ({ succeeded }) => succeeded === false)
const unknownOutcomes = counted('executions whose outcome nobody told', ({ succeeded }) => succeeded === undefined)
const timedExecutions = counted('executions that ended', ({ durationSeconds }) => durationSeconds !== undefined)

function counted(what: string, isMeant: (end: ActorEnd) => boolean): ActorTally {
  return { of: 'actor-end', what, keeps: 'count', read: (end) => (isMeant(end) ? 1 : undefined) }
}

/** Wall time of each execution of an agent or a tool. */
export const actorTimes: ActorTally = {
  of: 'actor-end',
  what: 'wall time of the executions',
  keeps: 'values',
  read: ({ durationSeconds }) => (durationSeconds === undefined ? undefined : microseconds(durationSeconds)),
}

/** How often each error ended an execution of an agent or a tool. */
export const actorErrors: KindTally<ActorEnd> = {
  what: (errorType) => `executions that failed with ${errorType}`,
  kindOf: ({ succeeded, errorType }) => (succeeded === false ? (errorType ?? 'unknown') : undefined),
}

/** Executions of an agent or a tool. */
export const actorFigures = {
  total_executions: figureOf({
    sentence: 'How often the agent or tool was run, as its framework tells.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, executions),
    gate: { name: 'executions', title: 'executions', isTotal: true },
  }),
  total_failures: figureOf({
    sentence: 'Executions that are known to have failed.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, failures),
    gate: { name: 'failures', title: 'failures', better: 'lower', isTotal: true },
  }),
  unknown_outcomes: figureOf({
    sentence: 'Executions of which nobody told whether they succeeded.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, unknownOutcomes),
  }),
  failure_rate: figureOf({
    sentence: 'Failed executions / executions whose outcome is known.',
    unit: 'share',
    formula: ({ block }) =>
      quotient(
        figure(...block, 'total_failures'),
        difference(figure(...block, 'total_executions'), figure(...block, 'unknown_outcomes')),
      ),
    gate: { name: 'failure_rate', title: 'failure rate', better: 'lower' },
  }),
  total_latency_seconds: figureOf({
    sentence: 'Wall time of the executions, with all that they called.',
    unit: 'seconds',
    formula: ({ subject }) => tallied(subject, actorTimes, 'sum'),
  }),
  average_latency_seconds: figureOf({
    sentence: 'Total latency / executions whose end was told.',
    unit: 'seconds',
    formula: ({ subject, block }) =>
      quotient(figure(...block, 'total_latency_seconds'), tallied(subject, timedExecutions)),
  }),
}
