import type { ActorEnd, RequestEnd } from '../event.ts'
import type { Measure } from '../figures/formula.ts'
import { tallySets } from '../figures/registry.ts'
import { Tallies } from '../figures/tally.ts'
import { BoundedNames } from '../statistics/bounded-names.ts'
import { RequestTotals } from './request-totals.ts'

/** An agent or a tool: its executions, the requests it sent itself, and those of others of its kind that it called. */
export class ActorTotals {
  readonly ends = new Tallies(tallySets.actors)
  readonly own = new RequestTotals()
  readonly called = new RequestTotals()

  merge(other: ActorTotals): void {
    this.ends.merge(other.ends)
    this.own.merge(other.own)
    this.called.merge(other.called)
  }

  /** All requests that were sent in it. */
  inclusive(): RequestTotals {
    const all = new RequestTotals()
    all.merge(this.own)
    all.merge(this.called)
    return all
  }

  /** What a measure of a figure comes to. */
  readonly measured = (measure: Measure): number =>
    measure.tally?.of === 'actor-end' ? this.ends.of(measure.tally) : this.own.measured(measure)
}

/** The agents and the tools of a run: two views of the same requests, which are never added up. */
export class ActorsTotals {
  readonly agents = new BoundedNames(() => new ActorTotals())
  readonly tools = new BoundedNames(() => new ActorTotals())

  addEnd(end: ActorEnd): void {
    this[end.kind === 'agent' ? 'agents' : 'tools'].of(end.name).ends.add(end)
  }

  addRequest(request: RequestEnd): void {
    const { agent, tool, outerAgents, outerTools } = request
    if (agent !== undefined) this.agents.of(agent).own.add(request)
    if (tool !== undefined) this.tools.of(tool).own.add(request)
    for (const name of othersIn(outerAgents, agent)) this.agents.of(name).called.add(request)
    for (const name of othersIn(outerTools, tool)) this.tools.of(name).called.add(request)
  }

  merge(other: ActorsTotals): void {
    this.agents.merge(other.agents)
    this.tools.merge(other.tools)
  }
}

/** Each name once, but for the innermost. Ledgers may come from anywhere: what is no list of names says nothing. */
function othersIn(outer: unknown, innermost: string | undefined): readonly string[] {
  if (!Array.isArray(outer)) return []
  return [...new Set(outer.filter((name): name is string => typeof name === 'string' && name !== innermost))]
}
