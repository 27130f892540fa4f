import { exactUsd } from '../cost.ts'
import { actorErrors, actorFigures, actorTimes } from '../figures/actor-figures.ts'
import { actorCostFigures, unpricedFigures } from '../figures/cost-figures.ts'
import { numbersOf } from '../figures/figure.ts'
import { nodeModelFigures, requestFigures } from '../figures/request-figures.ts'
import { tokenStatisticsFigures, totalTokenFigures } from '../figures/token-figures.ts'
import type { RunTotals } from '../run-totals.ts'
import type { ActorMetadata, Metadata } from '../schema.ts'
import { type BoundedNames, otherNames } from '../statistics/bounded-names.ts'
import { roundedUsd } from '../statistics/rounding.ts'
import type { ActorTotals } from '../totals/actor-totals.ts'
import { type CostTotals, totalUsdOf } from '../totals/cost-totals.ts'
import type { RequestTotals } from '../totals/request-totals.ts'
import { costStatusBlock } from './cost-blocks.ts'
import { countsBlock, latencyBlock, sketchBlock } from './statistics-block.ts'

/** `agents` and `tools` of the file, each only where there are any. */
export function actorSummaries({ actors: { agents, tools } }: RunTotals): Pick<Metadata, 'agents' | 'tools'> {
  return { ...blockOf('agents', agents), ...blockOf('tools', tools) }
}

function blockOf(key: 'agents' | 'tools', names: BoundedNames<ActorTotals>) {
  const entries = names.entries()
  return entries.length === 0
    ? {}
    : { [key]: Object.fromEntries(entries.map(([name, totals]) => [name, actorSummary(name, totals)])) }
}

function actorSummary(name: string, totals: ActorTotals): ActorMetadata {
  const { ends, own, called, measured } = totals
  const numbers = numbersOf(actorFigures, { totals: undefined, measured })
  const latency = ends.distributionOf(actorTimes)
  const errors = ends.countsOf(actorErrors)
  return {
    ...numbers,
    latency_statistics: latencyBlock(latency),
    ...(own.requests > 0 ? ownBlocks(own, numbers.total_executions) : {}),
    // One request may be in several of the names that share a place: there is no sum of them.
    ...(own.requests + called.requests > 0 && name !== otherNames
      ? { inclusive: inclusiveBlock(totals.inclusive(), numbers.total_executions) }
      : {}),
    ...(errors.size > 0 ? { error_types: countsBlock(errors) } : {}),
    latency_sketch: sketchBlock(latency),
  }
}

function ownBlocks(own: RequestTotals, executions: number) {
  const { measured, cost } = own
  return {
    requests: {
      ...numbersOf(requestFigures, { totals: undefined, measured }),
      ...numbersOf(unpricedFigures, { totals: { cost, isRehearsal: cost.isRehearsal } }),
    },
    token_statistics: numbersOf(tokenStatisticsFigures, { totals: undefined, measured }),
    cost: costOf(own, executions),
  }
}

function inclusiveBlock(requests: RequestTotals, executions: number) {
  return {
    ...numbersOf({ ...nodeModelFigures, ...totalTokenFigures }, { totals: undefined, measured: requests.measured }),
    ...costOf(requests, executions),
  }
}

function costOf({ cost }: RequestTotals, executions: number) {
  return {
    ...numbersOf(actorCostFigures, {
      totals: { cost, isRehearsal: cost.isRehearsal },
      other: (path) => (path === 'total_executions' ? executions : undefined),
    }),
    ...costStatusBlock(cost),
  }
}

/** What no agent sent, where there are agents: with their own figures it adds up to the whole. */
export function outsideAgentsBlock(totals: RunTotals): Pick<Metadata['aggregate_statistics'], 'outside_agents'> {
  const entries = totals.actors.agents.entries()
  if (entries.length === 0) return {}
  const all = totals.allRequests()
  const cost = totals.costOfAll()
  const own = entries.map(([, actor]) => actor.own)
  const rest = (whole: number, partOf: (requests: RequestTotals) => number) =>
    own.reduce((left, requests) => left - partOf(requests), whole)
  const unpricedOf = ({ unpricedRehearsals, requestsByStatus }: CostTotals) =>
    cost.isRehearsal ? unpricedRehearsals : requestsByStatus.unpriced
  const numbers = numbersOf(
    { ...nodeModelFigures, ...totalTokenFigures },
    {
      totals: undefined,
      measured: (measure) => rest(all.measured(measure), (requests) => requests.measured(measure)),
    },
  )
  // Exact in each step: amounts in binary would leave crumbs that depend on the order of the agents.
  const usd = own.reduce(
    (left, requests) => exactUsd(left - totalUsdOf(requests.cost, cost.isRehearsal)),
    exactUsd(totalUsdOf(cost)),
  )
  return {
    outside_agents: {
      ...numbers,
      total_cost_usd: Math.max(0, roundedUsd(usd)),
      unpriced_requests: rest(unpricedOf(cost), (requests) => unpricedOf(requests.cost)),
    },
  }
}
