import type {
  ActorMetadata,
  LatencyStatistics,
  Metadata,
  ModelMetadata,
  NodeMetadata,
  RequestStatistics,
  TokenStatistics,
} from '../../metadata/schema.ts'
import { type CostBlock, formatAvoided, formatCost, formatDerivedCost } from '../text/format-cost.ts'
import { formatCount, formatQuantity, formatRate, formatSeconds } from '../text/format-values.ts'
import { histogramRows, readBins } from '../text/latency-histogram.ts'
import { type Section, tableSection } from '../text/section.ts'
import { hasCalled, hasTimes } from './actors.ts'
import { receiptSections } from './receipt-sections.ts'
import { gatewayCacheText, requestLatencyOf, statisticsOfCalls, unpricedCausesOf } from './run-figures.ts'
import { errorsSection, responseCodesSection } from './run-tables.ts'

/** Everything the file says of one model. */
export function modelDetail(metadata: Metadata, name: string, model: ModelMetadata): Section[] {
  const { performance, cost } = model
  const alone: Metadata = { ...metadata, models: { [name]: model }, nodes: {}, agents: {}, tools: {} }
  const { total_requests } = performance
  const sections: (Section | undefined)[] = [
    {
      type: 'pairs',
      title: `Model ${name}`,
      pairs: presentPairs([
        ['type', model.model_type],
        ['provider', model.provider],
        ['upstream model', model.upstream_model],
        ['address', [model.model_url ?? []].flat().join(', ')],
        ['parameters', parametersText(model)],
        [
          'cost',
          `${formatCost(cost, total_requests)}, ${formatDerivedCost(cost.average_cost_per_request, cost)} per request`,
        ],
        ['avoided', formatAvoided(model.avoided)],
        ['tokens per second', formatRate(performance.tokens_per_second)],
        ['total latency', formatSeconds(performance.total_latency_seconds)],
        ...requestPairs({ ...performance, total_requests }),
        ...tokenPairs(model.token_statistics),
      ]),
    },
    latencyTable([
      ['attempts', requestLatencyOf(model)],
      ['calls', statisticsOfCalls(model.calls, performance)],
      ['first token', performance.time_to_first_token_statistics ?? undefined],
    ]),
    responseCodesSection(alone),
    errorsSection({ ...alone, aggregate_statistics: withoutErrors(metadata) }),
    histogram(model),
    ...receiptSections(alone.models),
  ]
  return sections.filter((section) => section !== undefined)
}

/** Everything the file says of one node. */
export function nodeDetail(metadata: Metadata, name: string, node: NodeMetadata): Section[] {
  const { cost, requests } = node
  const alone: Metadata = {
    ...metadata,
    aggregate_statistics: withoutErrors(metadata),
    models: {},
    nodes: { [name]: node },
    agents: {},
    tools: {},
  }
  const sections: (Section | undefined)[] = [
    {
      type: 'pairs',
      title: `Node ${name}`,
      pairs: presentPairs([
        ['type', node.node_type],
        ['model', node.model_name],
        ['executions', `${formatCount(node.total_executions)}, ${formatCount(node.total_failures)} failed`],
        [
          'cost',
          cost &&
            `${formatCost(cost, requests?.total_requests ?? 0, unpricedCausesOf(metadata, node))}, ${formatDerivedCost(cost.average_cost_per_execution, cost)} per execution`,
        ],
        ['avoided', formatAvoided(node.avoided)],
        ['total latency', formatSeconds(node.total_latency_seconds)],
        ...(requests === undefined ? [] : requestPairs(requests)),
        ...(node.token_statistics === undefined ? [] : tokenPairs(node.token_statistics)),
      ]),
    },
    latencyTable([
      ['executions', node.total_executions > 0 ? node.latency_statistics : undefined],
      ['calls', statisticsOfCalls(node.calls, requests)],
    ]),
    nodeModels(metadata, node),
    errorsSection(alone),
    histogram(node),
  ]
  return sections.filter((section) => section !== undefined)
}

/** Everything the file says of one agent or tool. */
export function actorDetail(
  metadata: Metadata,
  { kind, name, actor }: { readonly kind: 'agent' | 'tool'; readonly name: string; readonly actor: ActorMetadata },
): Section[] {
  const { cost, requests, inclusive, unknown_outcomes: unknown } = actor
  const alone: Metadata = {
    ...metadata,
    aggregate_statistics: withoutErrors(metadata),
    models: {},
    nodes: {},
    agents: kind === 'agent' ? { [name]: actor } : {},
    tools: kind === 'tool' ? { [name]: actor } : {},
  }
  const perExecution = (usd: number | undefined, of: CostBlock) =>
    usd === undefined ? '' : `, ${formatDerivedCost(usd, of)} per execution`
  const sections: (Section | undefined)[] = [
    {
      type: 'pairs',
      title: `${kind === 'agent' ? 'Agent' : 'Tool'} ${name}`,
      pairs: presentPairs([
        ['executions', `${formatCount(actor.total_executions)}, ${formatCount(actor.total_failures)} failed`],
        ['outcome unknown', unknown > 0 ? formatCount(unknown) : undefined],
        [
          'own cost',
          cost && formatCost(cost, requests?.total_requests ?? 0) + perExecution(cost.average_cost_per_execution, cost),
        ],
        [
          'inclusive',
          inclusive &&
            hasCalled(actor) &&
            `${formatCost(inclusive, inclusive.total_requests)}${perExecution(inclusive.average_cost_per_execution, inclusive)}; ${formatQuantity(inclusive.total_requests, 'request')}, ${formatQuantity(inclusive.total_tokens, 'token')}, with all ${kind}s that it called`,
        ],
        ['total latency', hasTimes(actor) ? formatSeconds(actor.total_latency_seconds) : undefined],
        ...(requests === undefined ? [] : requestPairs(requests)),
        ...(actor.token_statistics === undefined ? [] : tokenPairs(actor.token_statistics)),
      ]),
    },
    latencyTable([['executions', hasTimes(actor) ? actor.latency_statistics : undefined]]),
    errorsSection(alone),
    histogram(actor),
  ]
  return sections.filter((section) => section !== undefined)
}

type Pair = readonly [name: string, value: string | false | null | undefined]

function presentPairs(pairs: readonly Pair[]): (readonly [string, string])[] {
  return pairs.flatMap(([name, value]) => (value ? [[name, value] as const] : []))
}

function parametersText({ parameters, parameter_sets }: ModelMetadata): string | undefined {
  const sets = (parameter_sets ?? [parameters]).filter((set) => Object.keys(set).length > 0)
  return sets.map((set) => JSON.stringify(set)).join(' and ')
}

function requestPairs(
  requests: Pick<
    RequestStatistics,
    | 'total_requests'
    | 'total_retries'
    | 'total_failures'
    | 'failed_attempts'
    | 'gateway_cache_hits'
    | 'gateway_cache_saved_usd'
    | 'unpriced_gateway_cache_hits'
  >,
): Pair[] {
  return [
    ['requests', formatCount(requests.total_requests)],
    ['gateway cache', gatewayCacheText(requests)],
    ['retries', formatCount(requests.total_retries)],
    ['failures', formatCount(requests.total_failures)],
    ['failed attempts', requests.failed_attempts === undefined ? undefined : formatCount(requests.failed_attempts)],
  ]
}

function tokenPairs(tokens: TokenStatistics): Pair[] {
  const ifAny = (count: number | undefined) => (count ? formatCount(count) : undefined)
  return [
    ['tokens in', `${formatCount(tokens.total_prompt_tokens)}, ${formatCount(tokens.avg_prompt_tokens)} on average`],
    ['from cache', ifAny(tokens.cached_prompt_tokens)],
    ['written to cache', ifAny(tokens.cache_write_tokens)],
    [
      'tokens out',
      `${formatCount(tokens.total_completion_tokens)}, ${formatCount(tokens.avg_completion_tokens)} on average`,
    ],
    ['reasoning', ifAny(tokens.reasoning_tokens)],
    ['audio', ifAny(tokens.audio_tokens)],
    ['answers without usage', ifAny(tokens.requests_without_usage)],
    ['estimated', ifAny(tokens.estimated_tokens)],
  ]
}

function latencyTable(rows: readonly (readonly [string, LatencyStatistics | undefined])[]): Section | undefined {
  const keys = ['min', 'p50', 'mean', 'p95', 'p99', 'max', 'std_dev'] as const
  return tableSection({
    title: 'Latency',
    rows: rows.flatMap(([name, statistics]) => (statistics === undefined ? [] : [{ name, statistics }])),
    columns: [
      { title: 'of', align: 'left', value: ({ name }) => name },
      ...keys.map((key) => ({
        title: key === 'std_dev' ? 'std dev' : key,
        value: ({ statistics }: { statistics: LatencyStatistics }) => formatSeconds(statistics[key]),
        ...(key === 'p50' || key === 'p95' ? {} : { dropOrder: 1 }),
      })),
    ],
  })
}

function nodeModels({ models: all }: Metadata, { models = {} }: NodeMetadata): Section | undefined {
  return tableSection({
    title: 'Models of the node',
    rows: Object.entries(models),
    columns: [
      { title: 'model', align: 'left', value: ([name]) => name },
      { title: 'requests', value: ([, { total_requests }]) => formatCount(total_requests) },
      { title: 'tokens', value: ([, { total_tokens }]) => formatCount(total_tokens) },
      { title: 'cost', value: ([name, { total_cost_usd }]) => formatDerivedCost(total_cost_usd, all[name]?.cost) },
    ],
  })
}

function histogram({ latency_sketch }: ModelMetadata | NodeMetadata | ActorMetadata): Section | undefined {
  const bins = readBins(latency_sketch)
  return bins === undefined ? undefined : { type: 'histogram', title: 'Latency histogram', rows: histogramRows(bins) }
}

function withoutErrors({ aggregate_statistics }: Metadata): Metadata['aggregate_statistics'] {
  return { ...aggregate_statistics, records: { ...aggregate_statistics.records, error_types: {} } }
}
