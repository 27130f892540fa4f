import type { ModelMetadata } from '../metadata/schema.ts'
import { costOf, type Figure, type FigureValue, known, percentileFigures, ratio } from './figure.ts'

/** Figures of one model; its latency is that of its requests. */
export const modelFigures: readonly Figure<ModelMetadata>[] = [
  {
    name: 'total_cost',
    title: 'cost',
    unit: 'usd',
    better: 'lower',
    read: (model) => modelCost(model, 1),
  },
  {
    name: 'cost_per_request',
    title: 'cost per request',
    unit: 'usd',
    better: 'lower',
    read: (model) => modelCost(model, model.performance.total_requests),
  },
  { name: 'requests', title: 'requests', unit: 'count', read: ({ performance }) => known(performance.total_requests) },
  {
    name: 'retries',
    title: 'retries',
    unit: 'count',
    better: 'lower',
    read: ({ performance }) => known(performance.total_retries),
  },
  {
    name: 'failures',
    title: 'failures',
    unit: 'count',
    better: 'lower',
    read: ({ performance }) => known(performance.total_failures),
  },
  {
    name: 'failure_rate',
    title: 'failure rate',
    unit: 'share',
    better: 'lower',
    read: ({ performance }) => known(performance.failure_rate),
  },
  {
    name: 'prompt_tokens',
    title: 'tokens in',
    unit: 'count',
    better: 'lower',
    read: (model) => known(model.token_statistics.total_prompt_tokens),
  },
  {
    name: 'completion_tokens',
    title: 'tokens out',
    unit: 'count',
    better: 'lower',
    read: (model) => known(model.token_statistics.total_completion_tokens),
  },
  {
    name: 'total_tokens',
    title: 'tokens',
    unit: 'count',
    better: 'lower',
    read: (model) => known(model.token_statistics.total_tokens),
  },
  {
    name: 'tokens_per_second',
    title: 'tokens out per s',
    unit: 'rate',
    better: 'higher',
    read: ({ performance }) => known(performance.tokens_per_second),
  },
  ...percentileFigures<ModelMetadata>('latency', ({ performance }) =>
    performance.total_requests > 0 ? performance.latency_statistics : undefined,
  ),
]

function modelCost({ cost, performance }: ModelMetadata, divisor: number): FigureValue {
  return costOf(cost, ratio(cost.total_cost_usd, divisor), { requests: performance.total_requests })
}
