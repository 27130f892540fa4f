import type { Metadata } from '../../metadata/schema.ts'
import { type CostBlock, formatCostShort, withoutKind } from '../text/format-cost.ts'
import { formatCount, formatSeconds, formatUsd } from '../text/format-values.ts'
import { type Cell, type Section, tableSection } from '../text/section.ts'
import { actorsOf, hasCalled, hasTimes, type ShownActor } from './actors.ts'

/** A row for each agent, and one for what none of them sent: with it the columns add up to the run. */
export function agentsSection(metadata: Metadata): Section | undefined {
  const agents = actorsOf(metadata.agents)
  const outside = metadata.aggregate_statistics.outside_agents
  const rest = outside === undefined || outside.total_requests === 0 ? [] : [outsideRow(outside)]
  return actorsSection(metadata, {
    title: 'Agents',
    kind: 'agent',
    actors: agents,
    rest: agents.length === 0 ? [] : rest,
    notes: [
      'A request counts in the innermost agent that it was sent in.',
      ...(agents.some(({ actor }) => hasCalled(actor))
        ? ['Inclusive is with all agents that it called: not to be added up.']
        : []),
    ],
  })
}

/** A row for each tool: the same requests as those of the agents, seen from the tools. */
export function toolsSection(metadata: Metadata): Section | undefined {
  const tools = actorsOf(metadata.tools)
  const haveRequests = tools.some(({ actor }) => actor.requests !== undefined)
  return actorsSection(metadata, {
    title: 'Tools',
    kind: 'tool',
    actors: tools,
    rest: [],
    notes: haveRequests
      ? ['Requests sent while a tool ran, by the innermost tool: another view of the same requests as above.']
      : undefined,
  })
}

interface ActorRow {
  readonly name: Cell
  readonly executions?: Cell
  readonly failed?: Cell
  readonly unknown?: Cell
  readonly requests: Cell
  readonly tokens: Cell
  readonly cost?: Cell
  readonly inclusive?: Cell
  readonly p50?: Cell
  readonly p95?: Cell
}

interface ActorTable {
  readonly title: string
  readonly kind: string
  readonly actors: readonly ShownActor[]
  /** Rows of what was sent in none of them. */
  readonly rest: readonly ActorRow[]
  readonly notes: readonly string[] | undefined
}

function actorsSection(metadata: Metadata, { title, kind, actors, rest, notes }: ActorTable): Section | undefined {
  const hasInclusive = actors.some(({ actor }) => hasCalled(actor))
  // That all of it is simulated is said once, in the title.
  const isSimulated = metadata.aggregate_statistics.cost.status === 'simulated'
  return tableSection<ActorRow>({
    title,
    notes,
    rows: [...actors.map((actor) => rowOf(actor, isSimulated)), ...rest],
    columns: [
      { title: kind, align: 'left', value: ({ name }) => name },
      { title: 'executions', value: ({ executions }) => executions },
      { title: 'failed', value: ({ failed }) => failed, hidesZeros: true, dropOrder: 3 },
      { title: 'outcome unknown', value: ({ unknown }) => unknown, hidesZeros: true, dropOrder: 6 },
      { title: 'requests', value: ({ requests }) => requests, hidesZeros: true, dropOrder: 4 },
      { title: 'tokens', value: ({ tokens }) => tokens, hidesZeros: true, dropOrder: 5 },
      { title: isSimulated ? 'simulated cost' : 'cost', value: ({ cost }) => cost },
      ...(hasInclusive
        ? [{ title: 'cost inclusive', value: ({ inclusive }: ActorRow) => inclusive, dropOrder: 2 }]
        : []),
      { title: 'p50', value: ({ p50 }) => p50, dropOrder: 1 },
      { title: 'p95', value: ({ p95 }) => p95 },
    ],
  })
}

function rowOf({ name, actor }: ShownActor, isSimulated: boolean): ActorRow {
  const costText = (cost: CostBlock) => formatCostShort(isSimulated ? withoutKind(cost) : cost)
  const { total_executions: executions, total_failures: failures, unknown_outcomes: unknown, inclusive } = actor
  const times = hasTimes(actor) ? actor.latency_statistics : undefined
  return {
    name,
    executions: executions === 0 ? undefined : formatCount(executions),
    failed: failures > 0 ? { text: formatCount(failures), tone: 'bad' } : '0',
    unknown: unknown > 0 ? { text: formatCount(unknown), tone: 'warning' } : '0',
    requests: formatCount(actor.requests?.total_requests ?? 0),
    tokens: formatCount(actor.token_statistics?.total_tokens ?? 0),
    cost: actor.cost && costText(actor.cost),
    inclusive: inclusive && costText(inclusive),
    p50: times && formatSeconds(times.p50),
    p95: times && formatSeconds(times.p95),
  }
}

function outsideRow({
  total_requests,
  total_tokens,
  total_cost_usd,
  unpriced_requests = 0,
}: NonNullable<Metadata['aggregate_statistics']['outside_agents']>): ActorRow {
  const isUnknown = unpriced_requests > 0 && total_cost_usd === 0
  const cost = isUnknown ? 'unpriced' : `${unpriced_requests > 0 ? '≥ ' : ''}${formatUsd(total_cost_usd)}`
  return {
    name: { text: 'outside agents', tone: 'faint' },
    requests: formatCount(total_requests),
    tokens: formatCount(total_tokens),
    cost,
  }
}
