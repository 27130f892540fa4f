import type { NodeEnd } from '../event.ts'
import { microseconds } from '../statistics/rounding.ts'
import { figureOf } from './figure.ts'
import { figure, quotient } from './formula.ts'
import { tallied } from './subject.ts'
import type { KindTally, NodeTally } from './tally.ts'

const executions = counted('executions', () => true)
const failures = counted('failed executions', ({ succeeded }) => !succeeded)

function counted(what: string, isMeant: (end: NodeEnd) => boolean): NodeTally {
  return { of: 'node-end', what, keeps: 'count', read: (end) => (isMeant(end) ? 1 : undefined) }
}

/** Wall time of each execution. */
export const executionTimes: NodeTally = {
  of: 'node-end',
  what: 'wall time of the executions',
  keeps: 'values',
  read: ({ durationSeconds }) => microseconds(durationSeconds),
}

/** Cost that the program stated for a node. */
export const statedCosts: NodeTally = {
  of: 'node-end',
  what: 'stated cost',
  keeps: 'money',
  read: ({ stated }) => stated?.costPicodollars,
}

/** How often each error ended an execution. */
export const nodeErrors: KindTally<NodeEnd> = {
  what: (errorType) => `executions that failed with ${errorType}`,
  kindOf: ({ succeeded, errorType }) => (succeeded ? undefined : (errorType ?? 'unknown')),
}

/** Executions of a node. */
export const nodeFigures = {
  total_executions: figureOf({
    sentence: 'One execution is one pass of one record, whatever it calls.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, executions),
    gate: { name: 'executions', title: 'executions', isTotal: true },
  }),
  total_failures: figureOf({
    sentence: 'Executions that failed.',
    unit: 'count',
    formula: ({ subject }) => tallied(subject, failures),
    gate: { name: 'failures', title: 'failures', better: 'lower', isTotal: true },
  }),
  failure_rate: figureOf({
    sentence: 'Failed executions / executions.',
    unit: 'share',
    formula: ({ block }) => quotient(figure(...block, 'total_failures'), figure(...block, 'total_executions')),
    gate: { name: 'failure_rate', title: 'failure rate', better: 'lower' },
  }),
  total_latency_seconds: figureOf({
    sentence: 'Wall time of the node.',
    unit: 'seconds',
    formula: ({ subject }) => tallied(subject, executionTimes, 'sum'),
  }),
  average_latency_seconds: figureOf({
    sentence: 'Total latency / executions.',
    unit: 'seconds',
    formula: ({ block }) => quotient(figure(...block, 'total_latency_seconds'), figure(...block, 'total_executions')),
  }),
}
