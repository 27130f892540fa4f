import { figureOf } from './figure.ts'
import { figure, quotient } from './formula.ts'

const duration = figure('execution', 'timing', 'duration_seconds')

/** `throughput` of the run. */
export const throughputFigures = {
  records_per_second: figureOf({
    sentence: 'Records processed / duration.',
    unit: 'rate',
    formula: () => quotient(figure('aggregate_statistics', 'records', 'total_processed'), duration),
    gate: { name: 'records_per_second', title: 'throughput', better: 'higher' },
  }),
  requests_per_second: figureOf({
    sentence: 'Requests / duration.',
    unit: 'rate',
    formula: () => quotient(figure('aggregate_statistics', 'requests', 'total_requests'), duration),
  }),
  completion_tokens_per_second: figureOf({
    sentence: 'Output tokens / duration.',
    unit: 'rate',
    formula: () => quotient(figure('aggregate_statistics', 'tokens', 'total_completion_tokens'), duration),
  }),
}
