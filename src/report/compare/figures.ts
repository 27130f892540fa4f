import type { Metadata, ModelMetadata, NodeMetadata } from '../../metadata/schema.ts'
import { callLatencyOf, exactCostUsd, unpricedModelsOf } from '../run/run-figures.ts'
import { costOf, type Figure, type FigureValue, known, percentileFigures, ratio } from './figure.ts'

/** Figures of a run as a whole. */
export const runFigures: readonly Figure<Metadata>[] = [
  {
    name: 'total_cost',
    title: 'cost',
    unit: 'usd',
    better: 'lower',
    read: (run) => runCost(run, 1),
  },
  { name: 'cost_per_record', title: 'cost per record', unit: 'usd', better: 'lower', read: costPerRecord },
  { name: 'success_rate', title: 'success', unit: 'share', better: 'higher', read: successRate },
  { name: 'records', title: 'records', unit: 'count', read: (run) => known(totalsOf(run).records.total_processed) },
  {
    name: 'failed_records',
    title: 'failed records',
    unit: 'count',
    better: 'lower',
    read: (run) => known(totalsOf(run).records.total_failed),
  },
  { name: 'requests', title: 'requests', unit: 'count', read: (run) => known(totalsOf(run).requests.total_requests) },
  {
    name: 'retries',
    title: 'retries',
    unit: 'count',
    better: 'lower',
    read: (run) => known(totalsOf(run).requests.total_retries),
  },
  {
    name: 'failures',
    title: 'failed requests',
    unit: 'count',
    better: 'lower',
    read: (run) => known(totalsOf(run).requests.total_failures),
  },
  {
    name: 'retry_rate',
    title: 'retry rate',
    unit: 'share',
    better: 'lower',
    read: (run) => known(totalsOf(run).requests.retry_rate),
  },
  {
    name: 'failure_rate',
    title: 'failure rate',
    unit: 'share',
    better: 'lower',
    read: (run) => known(totalsOf(run).requests.failure_rate),
  },
  {
    name: 'prompt_tokens',
    title: 'tokens in',
    unit: 'count',
    better: 'lower',
    read: (run) => known(totalsOf(run).tokens.total_prompt_tokens),
  },
  {
    name: 'completion_tokens',
    title: 'tokens out',
    unit: 'count',
    better: 'lower',
    read: (run) => known(totalsOf(run).tokens.total_completion_tokens),
  },
  {
    name: 'total_tokens',
    title: 'tokens',
    unit: 'count',
    better: 'lower',
    read: (run) => known(totalsOf(run).tokens.total_tokens),
  },
  { name: 'tokens_per_record', title: 'tokens per record', unit: 'count', better: 'lower', read: tokensPerRecord },
  ...percentileFigures<Metadata>('latency', callLatencyOf),
  { name: 'seconds_per_record', title: 'time per record', unit: 'seconds', better: 'lower', read: secondsPerRecord },
  {
    name: 'duration',
    title: 'duration',
    unit: 'seconds',
    better: 'lower',
    read: (run) => known(run.execution.timing.duration_seconds, 'the run has no duration'),
  },
  {
    name: 'records_per_second',
    title: 'throughput',
    unit: 'rate',
    better: 'higher',
    read: (run) => known(totalsOf(run).throughput?.records_per_second, 'the file has no throughput'),
  },
]

function totalsOf(run: Metadata): Metadata['aggregate_statistics'] {
  return run.aggregate_statistics
}

// The file's average is rounded to a millionth of a dollar, which for cheap records is several per cent.
function costPerRecord(run: Metadata): FigureValue {
  const { total_processed } = totalsOf(run).records
  return total_processed === 0 ? { unknown: 'the run has no records' } : runCost(run, total_processed)
}

function runCost(run: Metadata, divisor: number): FigureValue {
  const { cost, requests } = totalsOf(run)
  const of = { requests: requests.total_requests, models: unpricedModelsOf(run) }
  return costOf(cost, exactCostUsd(run) / divisor, of)
}

function successRate(run: Metadata): FigureValue {
  const { total_processed, success_rate } = totalsOf(run).records
  return total_processed > 0 ? known(success_rate) : { unknown: 'the run has no records' }
}

function tokensPerRecord(run: Metadata): FigureValue {
  const { records, tokens } = totalsOf(run)
  if (records.total_processed === 0) return { unknown: 'the run has no records' }
  return { value: tokens.total_tokens / records.total_processed }
}

function secondsPerRecord(run: Metadata): FigureValue {
  const { latency_per_record } = totalsOf(run)
  return latency_per_record !== undefined && latency_per_record.max > 0
    ? known(latency_per_record.mean)
    : { unknown: 'the file does not say' }
}

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

/** Figures of one node; its latency is the wall time of an execution. */
export const nodeFigures: readonly Figure<NodeMetadata>[] = [
  { name: 'executions', title: 'executions', unit: 'count', read: (node) => known(node.total_executions) },
  { name: 'failures', title: 'failures', unit: 'count', better: 'lower', read: (node) => known(node.total_failures) },
  {
    name: 'failure_rate',
    title: 'failure rate',
    unit: 'share',
    better: 'lower',
    read: (node) => known(node.failure_rate),
  },
  { name: 'total_cost', title: 'cost', unit: 'usd', better: 'lower', read: (node) => nodeCost(node, 1) },
  {
    name: 'cost_per_execution',
    title: 'cost per execution',
    unit: 'usd',
    better: 'lower',
    read: (node) => nodeCost(node, node.total_executions),
  },
  { name: 'requests', title: 'requests', unit: 'count', read: ({ requests }) => known(requests?.total_requests ?? 0) },
  {
    name: 'total_tokens',
    title: 'tokens',
    unit: 'count',
    better: 'lower',
    read: (node) => known(node.token_statistics?.total_tokens ?? 0),
  },
  ...percentileFigures<NodeMetadata>('latency', (node) =>
    node.total_executions > 0 ? node.latency_statistics : undefined,
  ),
]

function nodeCost({ cost, requests }: NodeMetadata, divisor: number): FigureValue {
  if (cost !== undefined) {
    return costOf(cost, ratio(cost.total_cost_usd, divisor), { requests: requests?.total_requests ?? 0 })
  }
  return Number(requests?.unpriced_requests ?? 0) > 0 ? { unknown: 'its price is not known' } : { value: 0 }
}
