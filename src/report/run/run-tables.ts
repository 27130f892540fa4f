import type { Metadata, ModelMetadata, NodeMetadata } from '../../metadata/schema.ts'
import { type CostBlock, formatCostShort } from '../text/format-cost.ts'
import { formatCount, formatPercent, formatRate, formatSeconds } from '../text/format-values.ts'
import type { Cell, ColumnDefinition, Section } from '../text/section.ts'
import { tableSection } from '../text/section.ts'
import { meaningOfCode } from './error-meaning.ts'
import { requestLatencyOf, responseCodesOf } from './run-figures.ts'

/** A row for each model: its requests, tokens, cost and latency. */
export function modelsSection({ models }: Metadata): Section | undefined {
  return tableSection<[string, ModelMetadata]>({
    title: 'Models',
    rows: Object.entries(models),
    columns: [
      { title: 'model', align: 'left', value: ([name]) => name },
      { title: 'provider', align: 'left', value: ([, { provider }]) => provider ?? undefined, dropOrder: 9 },
      { title: 'requests', value: ([, { performance }]) => formatCount(performance.total_requests) },
      { title: 'retries', value: ([, { performance }]) => formatCount(performance.total_retries), dropOrder: 3 },
      { title: 'failed', value: ([, { performance }]) => failedCell(performance.total_failures), dropOrder: 2 },
      { title: 'in', value: ([, model]) => formatCount(model.token_statistics.total_prompt_tokens), dropOrder: 5 },
      { title: 'cached', hidesZeros: true, value: ([, model]) => cachedCell(model), dropOrder: 7 },
      { title: 'out', value: ([, model]) => formatCount(model.token_statistics.total_completion_tokens), dropOrder: 4 },
      { title: 'out per s', value: ([, { performance }]) => formatRate(performance.tokens_per_second), dropOrder: 8 },
      costColumn(Object.entries(models), ([, { cost }]) => cost),
      { title: 'p50', value: ([, model]) => latencyCell(model, 'p50'), dropOrder: 1 },
      { title: 'p95', value: ([, model]) => latencyCell(model, 'p95') },
      { title: 'first token', value: ([, model]) => firstTokenCell(model), dropOrder: 6 },
    ],
  })
}

/** A row for each node: its executions, what its requests used, and its wall time. */
export function nodesSection({ nodes }: Metadata): Section | undefined {
  return tableSection<[string, NodeMetadata]>({
    title: 'Nodes',
    rows: Object.entries(nodes),
    columns: [
      { title: 'node', align: 'left', value: ([name]) => name },
      { title: 'type', align: 'left', value: ([, { node_type }]) => node_type, dropOrder: 6 },
      { title: 'model', align: 'left', value: ([, { model_name }]) => model_name ?? undefined, dropOrder: 7 },
      { title: 'executions', value: ([, node]) => formatCount(node.total_executions) },
      { title: 'failed', value: ([, node]) => failedCell(node.total_failures), dropOrder: 2 },
      {
        title: 'requests',
        value: ([, { requests }]) => formatCount(requests?.total_requests ?? 0),
        hidesZeros: true,
        dropOrder: 4,
      },
      {
        title: 'retries',
        value: ([, { requests }]) => formatCount(requests?.total_retries ?? 0),
        hidesZeros: true,
        dropOrder: 5,
      },
      {
        title: 'tokens',
        value: ([, node]) => formatCount(node.token_statistics?.total_tokens ?? 0),
        hidesZeros: true,
        dropOrder: 3,
      },
      costColumn(
        Object.entries(nodes),
        ([, { cost }]) => cost,
        ([, { requests }]) => requests?.unpriced_requests,
      ),
      { title: 'p50', value: ([, node]) => formatSeconds(node.latency_statistics.p50), dropOrder: 1 },
      { title: 'p95', value: ([, node]) => formatSeconds(node.latency_statistics.p95) },
    ],
  })
}

/** How the servers answered, every attempt counted. */
export function responseCodesSection(metadata: Metadata): Section | undefined {
  const codes = [...responseCodesOf(metadata)]
  const total = codes.reduce((sum, [, count]) => sum + count, 0)
  return tableSection({
    title: 'Responses',
    rows: codes,
    columns: [
      { title: 'code', align: 'left', value: ([code]) => codeCell(code) },
      { title: 'meaning', align: 'left', value: ([code]) => meaningOfCode(code), dropOrder: 1 },
      { title: 'requests', value: ([, count]) => formatCount(count) },
      { title: 'share', value: ([, count]) => formatPercent(total > 0 ? count / total : 0), dropOrder: 2 },
    ],
  })
}

/** What went wrong, by kind, at every level that counts it. */
export function errorsSection({
  aggregate_statistics,
  models,
  nodes,
  agents = {},
  tools = {},
}: Metadata): Section | undefined {
  const rows = [
    ...errorRows('records', aggregate_statistics.records.error_types),
    ...Object.entries(nodes).flatMap(([name, node]) => errorRows(`node ${name}`, node.error_types)),
    ...Object.entries(agents).flatMap(([name, agent]) => errorRows(`agent ${name}`, agent.error_types)),
    ...Object.entries(tools).flatMap(([name, tool]) => errorRows(`tool ${name}`, tool.error_types)),
    ...Object.entries(models).flatMap(([name, model]) => errorRows(`model ${name}`, model.performance.error_types)),
  ]
  return tableSection({
    title: 'Errors',
    rows,
    columns: [
      { title: 'where', align: 'left', value: ({ where }) => where },
      { title: 'error', align: 'left', value: ({ type }) => type },
      { title: 'count', value: ({ count }) => formatCount(count) },
    ],
  })
}

function codeCell(code: string): Cell {
  if (/^2\d\d$/.test(code)) return code
  return { text: code, tone: code === '429' ? 'warning' : 'bad' }
}

function failedCell(failures: number): Cell {
  return failures > 0 ? { text: formatCount(failures), tone: 'bad' } : '0'
}

function cachedCell({ token_statistics }: ModelMetadata): string | undefined {
  const { cached_prompt_tokens } = token_statistics
  return cached_prompt_tokens === undefined ? undefined : formatCount(cached_prompt_tokens)
}

function latencyCell(model: ModelMetadata, percentile: 'p50' | 'p95'): string | undefined {
  const statistics = requestLatencyOf(model)
  return statistics && formatSeconds(statistics[percentile])
}

/**
 * What the rows cost. That all of it is simulated is said once, in the title, so that names keep their room. A row without
 * any cost has no block, whether its cost is unknown or nothing: then its requests without a price decide.
 */
function costColumn<Row>(
  rows: readonly Row[],
  costOf: (row: Row) => CostBlock | undefined,
  unpricedOf: (row: Row) => number | undefined = () => undefined,
): ColumnDefinition<Row> {
  const costs = rows.flatMap((row) => costOf(row) ?? [])
  const isSimulated = costs.length > 0 && costs.every(({ status }) => status === 'simulated')
  return {
    title: isSimulated ? 'simulated cost' : 'cost',
    value: (row) => {
      const cost = costOf(row)
      if (cost === undefined) return Number(unpricedOf(row) ?? 0) > 0 ? 'unpriced' : undefined
      return formatCostShort(isSimulated ? { ...cost, status: 'priced' } : cost)
    },
  }
}

function firstTokenCell({ performance }: ModelMetadata): string | undefined {
  const { time_to_first_token_statistics: statistics } = performance
  return statistics ? formatSeconds(statistics.p50) : undefined
}

function errorRows(where: string, types: Readonly<Record<string, number>> = {}) {
  return Object.entries(types).map(([type, count]) => ({ where, type, count }))
}
