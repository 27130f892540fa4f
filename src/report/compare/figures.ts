import { type GatedFigure, gatedFigures } from '../../metadata/figures/registry.ts'
import type { ActorMetadata, Metadata, ModelMetadata, NodeMetadata } from '../../metadata/schema.ts'
import { numberAt } from '../explain/figure-path.ts'
import { hasTimes } from '../run/actors.ts'
import { costOfRun } from '../run/run-cost.ts'
import { callLatencyOf, exactCostUsd, exactThroughput, requestLatencyOf, unpricedCausesOf } from '../run/run-figures.ts'
import type { CostBlock } from '../text/format-cost.ts'
import { formatQuantity } from '../text/format-values.ts'
import { costOf, type Figure, type FigureValue, known, percentileFigures, ratio } from './figure.ts'

/** How a figure is read where the number in the file does not say all: that it is a lower bound, that nothing was done. */
type Readers<Subject> = Readonly<Record<string, (subject: Subject) => FigureValue>>

/** Figures of a run as a whole: those of the file that gates know, and what is made of several of them. */
export const runFigures: readonly Figure<Metadata>[] = [
  ...figuresOf<Metadata>(
    gatedFigures('run').map((figure) => ({ ...figure, keys: ['aggregate_statistics', ...figure.keys] })),
    {
      total_cost: (run) => runCost(run, 1),
      cost_per_record: costPerRecord,
      success_rate: successRate,
      records_per_second: (run) => known(exactThroughput(run)?.records_per_second),
      avoided_requests: (run) => known(totalsOf(run).avoided?.requests ?? 0),
      avoided_cost: avoidedCost,
    },
  ),
  { name: 'tokens_per_record', title: 'tokens per record', unit: 'count', better: 'lower', read: tokensPerRecord },
  ...percentileFigures<Metadata>('latency', callLatencyOf),
  { name: 'seconds_per_record', title: 'time per record', unit: 'seconds', better: 'lower', read: secondsPerRecord },
  {
    name: 'duration',
    title: 'duration',
    unit: 'seconds',
    better: 'lower',
    isTotal: true,
    read: (run) => known(run.execution.timing.duration_seconds, 'the run has no duration'),
  },
]

/** Figures of one model; its latency is that of its requests. */
export const modelFigures: readonly Figure<ModelMetadata>[] = [
  ...figuresOf<ModelMetadata>(gatedFigures('model'), {
    total_cost: (model) => modelCost(model, 1),
    cost_per_request: (model) => modelCost(model, model.performance.total_requests),
  }),
  ...percentileFigures<ModelMetadata>('latency', requestLatencyOf),
]

/** Figures of one node; its latency is the wall time of an execution. A node without requests has no block of them. */
export const nodeFigures: readonly Figure<NodeMetadata>[] = [
  ...figuresOf<NodeMetadata>(gatedFigures('node'), {
    total_cost: (node) => nodeCost(node, 1),
    cost_per_execution: (node) => nodeCost(node, node.total_executions),
    requests: ({ requests }) => known(requests?.total_requests ?? 0),
    total_tokens: ({ token_statistics }) => known(token_statistics?.total_tokens ?? 0),
  }),
  ...percentileFigures<NodeMetadata>('latency', (node) =>
    node.total_executions > 0 ? node.latency_statistics : undefined,
  ),
]

/** Figures of one agent or tool: what it sent itself, and its cost with all that it called. */
export const actorFigures: readonly Figure<ActorMetadata>[] = [
  ...figuresOf<ActorMetadata>(gatedFigures('agent'), {
    total_cost: ({ cost, requests }) => actorCost(cost, requests?.total_requests, 1),
    cost_per_execution: ({ cost, requests, total_executions }) =>
      actorCost(cost, requests?.total_requests, total_executions),
    requests: ({ requests }) => known(requests?.total_requests ?? 0),
    total_tokens: ({ token_statistics }) => known(token_statistics?.total_tokens ?? 0),
  }),
  {
    name: 'inclusive_cost',
    title: 'cost inclusive',
    unit: 'usd',
    better: 'lower',
    isTotal: true,
    read: ({ inclusive }) => actorCost(inclusive, inclusive?.total_requests, 1),
  },
  ...percentileFigures<ActorMetadata>('latency', (actor) => (hasTimes(actor) ? actor.latency_statistics : undefined)),
]

const totals = new Set(
  [...runFigures, ...modelFigures, ...nodeFigures, ...actorFigures].flatMap(({ name, isTotal }) =>
    isTotal ? [name] : [],
  ),
)

/** True for a figure that grows with the work that was done: it is not judged where runs had other numbers of records. */
export function isTotalFigure(name: string): boolean {
  return totals.has(name)
}

function actorCost(cost: CostBlock | undefined, requests: number | undefined, divisor: number): FigureValue {
  if (divisor === 0) return { unknown: 'its executions are not known' }
  return cost === undefined ? { value: 0 } : costOf(cost, cost.total_cost_usd / divisor, { requests: requests ?? 0 })
}

function figuresOf<Subject>(gated: readonly GatedFigure[], readers: Readers<Subject>): Figure<Subject>[] {
  return gated.map(({ keys, ...figure }) => {
    const reader = Object.hasOwn(readers, figure.name) ? readers[figure.name] : undefined
    return { ...figure, read: reader ?? ((subject) => known(numberAt(subject, keys))) }
  })
}

function totalsOf(run: Metadata): Metadata['aggregate_statistics'] {
  return run.aggregate_statistics
}

// The file's average is rounded to a millionth of a dollar, which for cheap records is several per cent.
function costPerRecord(run: Metadata): FigureValue {
  const { total_processed } = totalsOf(run).records
  return total_processed === 0 ? { unknown: 'the run has no records' } : runCost(run, total_processed)
}

function runCost(run: Metadata, divisor: number): FigureValue {
  const of = { requests: totalsOf(run).requests.total_requests, models: unpricedCausesOf(run) }
  return costOf(costOfRun(run), exactCostUsd(run) / divisor, of)
}

// What a rehearsal avoided is no money that was kept.
function avoidedCost(run: Metadata): FigureValue {
  const { cost_usd = 0, unpriced_requests = 0 } = totalsOf(run).avoided ?? {}
  if (unpriced_requests === 0) return { value: cost_usd }
  return {
    unknown: `the price of ${formatQuantity(unpriced_requests, 'request')} is not known`,
    ...(cost_usd > 0 ? { atLeast: cost_usd } : {}),
  }
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

function modelCost({ cost, performance }: ModelMetadata, divisor: number): FigureValue {
  return costOf(cost, ratio(cost.total_cost_usd, divisor), { requests: performance.total_requests })
}

function nodeCost({ cost, requests }: NodeMetadata, divisor: number): FigureValue {
  if (cost !== undefined) {
    return costOf(cost, ratio(cost.total_cost_usd, divisor), { requests: requests?.total_requests ?? 0 })
  }
  return Number(requests?.unpriced_requests ?? 0) > 0 ? { unknown: 'its price is not known' } : { value: 0 }
}
