import { exactUsd } from '../../metadata/cost.ts'
import type { Metadata, ModelMetadata, NodeMetadata } from '../../metadata/schema.ts'
import { ratio, roundedUsd } from '../../metadata/statistics/rounding.ts'
import { receiptBlock } from '../../metadata/summary/cost-blocks.ts'
import { CostTotals } from '../../metadata/totals/cost-totals.ts'
import { inputClasses } from '../../metadata/usage.ts'
import type { RepricedModel } from './reprice-model.ts'
import { sharesOfModel } from './reprice-shares.ts'

/** A metadata file at other prices, or why the file alone does not suffice to tell. */
export type RepricedFile =
  | { readonly type: 'metadata'; readonly metadata: Metadata; readonly leftOut: readonly string[] }
  | { readonly type: 'unknown'; readonly reason: string }

/** What each place of a run spent, all models together. */
interface Spent {
  /** USD by node and model. */
  readonly nodes: Map<string, Map<string, number>>
  outsideUsd: number
  totalUsd: number
}

/**
 * Prices a whole metadata file again from its models. The nodes and what is outside them add up to the models, as they
 * do in every file; what only single requests tell is left out.
 */
export function repriceFile(
  original: Metadata,
  repriced: ReadonlyMap<string, RepricedModel>,
  generatedAt: string,
): RepricedFile {
  const { unattributed, cost } = original.aggregate_statistics
  if (unattributed === undefined) return unknown(`format ${original.metadata_version} does not tell what nodes called`)
  if (cost.status !== 'simulated' && cost.simulated_cost_usd !== undefined) return unknown('a part was a rehearsal')
  for (const [name, node] of Object.entries(original.nodes)) {
    const isStated = node.requests === undefined && (node.cost !== undefined || node.token_statistics !== undefined)
    if (isStated) return unknown(`what node ${name} used was stated by the program`)
  }
  const models: Record<string, ModelMetadata> = {}
  const spent: Spent = { nodes: new Map(), outsideUsd: 0, totalUsd: 0 }
  for (const [name, model] of Object.entries(original.models)) {
    const now = repriced.get(name) ?? { type: 'unknown', reason: 'it was not priced' }
    const gap = reasonOfGap(model, now)
    if (gap !== undefined) return unknown(`${name}: ${gap}`)
    models[name] = model
    if (now.type === 'unknown' || keepsItsCost(model, now)) continue
    const shares = sharesOfModel(name, now, original)
    if (shares.type === 'unknown') return unknown(`${name}: ${shares.reason}`)
    models[name] = modelAt(model, now)
    spent.totalUsd = exactUsd(spent.totalUsd + now.totalUsd)
    spent.outsideUsd = exactUsd(spent.outsideUsd + shares.outsideUsd)
    for (const [node, usd] of shares.nodes) {
      spent.nodes.set(node, new Map([...(spent.nodes.get(node) ?? []), [name, usd]]))
    }
  }
  return { type: 'metadata', ...wholeAt(original, { models, spent, generatedAt }) }
}

function wholeAt(
  original: Metadata,
  { models, spent, generatedAt }: { models: Metadata['models']; spent: Spent; generatedAt: string },
): { readonly metadata: Metadata; readonly leftOut: readonly string[] } {
  const { aggregate_statistics: figures } = original
  const { cost_per_record, waste, unattributed } = figures
  const isWasteKnown = waste !== undefined && !hasWastedCost(waste)
  const average = ratio(spent.totalUsd, figures.records.total_processed)
  // Keys stay where they are in the file; one that is undefined is not written.
  const metadata: Metadata = {
    ...original,
    ledger: undefined,
    generated_at: generatedAt,
    aggregate_statistics: {
      ...figures,
      cost: { ...costAt(figures.cost, spent.totalUsd), average_cost_per_record: roundedUsd(average) },
      unattributed: unattributed && { ...unattributed, total_cost_usd: roundedUsd(spent.outsideUsd) },
      outside_agents: undefined,
      cost_per_record: undefined,
      waste: isWasteKnown ? waste : undefined,
    },
    models,
    nodes: nodesAt(original, spent.nodes),
    agents: withoutCosts(original.agents),
    tools: withoutCosts(original.tools),
  }
  const leftOut = [
    ...(cost_per_record === undefined ? [] : ['aggregate_statistics.cost_per_record']),
    ...(waste === undefined || isWasteKnown ? [] : ['aggregate_statistics.waste']),
    ...(original.agents === undefined ? [] : ['agents.*.cost', 'aggregate_statistics.outside_agents']),
    ...(original.tools === undefined ? [] : ['tools.*.cost']),
  ]
  return { metadata, leftOut }
}

function modelAt(model: ModelMetadata, { totalUsd, parts }: Extract<RepricedModel, { type: 'cost' }>): ModelMetadata {
  const totals = new CostTotals()
  for (const { receipt, cost } of parts) totals.receipts.add(cost, receipt?.requests)
  const { cost, performance } = model
  const average = ratio(totalUsd, performance.total_requests)
  return {
    ...model,
    cost: {
      ...costAt(cost, totalUsd),
      average_cost_per_request: roundedUsd(average),
      receipt: receiptBlock(totals),
    },
  }
}

// Which model an agent asked what only single requests tell.
function withoutCosts(actors: Metadata['agents']): Metadata['agents'] {
  if (actors === undefined) return undefined
  return Object.fromEntries(
    Object.entries(actors).map(([name, actor]) => [name, { ...actor, cost: undefined, inclusive: undefined }]),
  )
}

/** A block of cost with another total; a rehearsal's is in it twice. */
function costAt<Block extends { total_cost_usd: number; simulated_cost_usd?: number | undefined }>(
  block: Block,
  usd: number,
): Block {
  const total_cost_usd = roundedUsd(usd)
  const isRehearsal = block.simulated_cost_usd !== undefined
  return { ...block, total_cost_usd, ...(isRehearsal ? { simulated_cost_usd: total_cost_usd } : {}) }
}

function nodesAt({ nodes, models }: Metadata, spent: Spent['nodes']): Metadata['nodes'] {
  const usdOf = (names: readonly string[]) =>
    exactUsd(names.flatMap((name) => [...(spent.get(name)?.values() ?? [])]).reduce((sum, usd) => sum + usd, 0))
  return Object.fromEntries(
    Object.entries(nodes).map(([name, node]) => {
      const { inner_nodes: inner } = node
      const ofModels = Object.entries(node.models ?? {}).map(([model, use]) => [
        model,
        { ...use, total_cost_usd: roundedUsd(spent.get(name)?.get(model) ?? 0) },
      ])
      return [
        name,
        {
          ...node,
          cost: nodeCostAt(node, usdOf([name]), models),
          models: node.models && Object.fromEntries(ofModels),
          inner_nodes: inner && { ...inner, total_cost_usd: roundedUsd(usdOf(inner.names)) },
        },
      ]
    }),
  )
}

// As everywhere, a node that cost nothing has no cost; one that cost nothing before takes the status of its models.
function nodeCostAt(node: NodeMetadata, usd: number, models: Metadata['models']): NodeMetadata['cost'] {
  if (usd <= 0) return undefined
  const average_cost_per_execution = roundedUsd(ratio(usd, node.total_executions))
  if (node.cost !== undefined) return { ...costAt(node.cost, usd), average_cost_per_execution }
  const statuses = new Set(Object.keys(node.models ?? {}).map((name) => models[name]?.cost.status))
  const [status] = statuses
  const total_cost_usd = roundedUsd(usd)
  const block = { total_cost_usd, average_cost_per_execution }
  if (statuses.size > 1) return block
  const isRehearsal = status === 'simulated'
  return { ...block, status, unpriced_requests: 0, ...(isRehearsal ? { simulated_cost_usd: total_cost_usd } : {}) }
}

function hasWastedCost(waste: NonNullable<Metadata['aggregate_statistics']['waste']>): boolean {
  const { failed_attempts, truncated_answers, aborted_streams, failed_records } = waste
  const counts = [
    failed_attempts.requests,
    truncated_answers.requests,
    aborted_streams.requests,
    failed_records.records,
  ]
  return counts.some((count) => count > 0)
}

function unknown(reason: string): RepricedFile {
  return { type: 'unknown', reason }
}

/**
 * Why the file does not tell the whole account of a model at other prices; undefined where it does. It must have a price
 * for every token before and now, or none before and none now: how many requests lose or win one is not in sums.
 */
function reasonOfGap(model: ModelMetadata, repriced: RepricedModel): string | undefined {
  if (keepsItsCost(model, repriced)) return undefined
  if (repriced.type === 'unknown') return repriced.reason
  const { status, receipt: receipts = [] } = model.cost
  if (status !== 'priced' && status !== 'simulated') {
    return `its cost is ${status ?? 'not known'}, and of such requests the file does not tell tier and day`
  }
  if (status !== 'simulated' && model.cost.simulated_cost_usd !== undefined) return 'a part of it was a rehearsal'
  if (receipts.some((receipt) => receipt.status !== status)) return 'a part of its cost was stated by the provider'
  if (!coversAllTokens(model)) return 'its receipts do not make up all its tokens'
  return repriced.reason
}

/** True for a model whose requests have no price and get none, or that gave no answer: it stays as it is. */
function keepsItsCost({ cost, token_statistics }: ModelMetadata, repriced: RepricedModel): boolean {
  if ((cost.status ?? null) === null) return token_statistics.total_tokens === 0
  if (repriced.type === 'unknown' || cost.total_cost_usd > 0 || (cost.receipt ?? []).length > 0) return false
  const before = cost.status === 'simulated' ? ((cost.unpriced_requests ?? 0) > 0 ? 'unpriced' : 'free') : cost.status
  return repriced.parts.every((part) => (part.cost.rehearsedStatus ?? part.cost.status) === before)
}

function coversAllTokens({ token_statistics: tokens, cost }: ModelMetadata): boolean {
  const lines = (cost.receipt ?? []).flatMap(({ classes }) => classes)
  const isInput = (name: string) => inputClasses.some((known) => known === name)
  const input = lines.reduce((sum, line) => sum + (isInput(line.token_class) ? line.tokens : 0), 0)
  const all = lines.reduce((sum, line) => sum + line.tokens, 0)
  return input === tokens.total_prompt_tokens && all - input === tokens.total_completion_tokens
}
