import type { ActorMetadata } from '../../metadata/schema.ts'

/** An agent or a tool of a run, with its name. */
export interface ShownActor {
  readonly name: string
  readonly actor: ActorMetadata
}

/** Agents or tools, those first that cost most with all that they called. */
export function actorsOf(actors: Readonly<Record<string, ActorMetadata>> | undefined): ShownActor[] {
  const all = Object.entries(actors ?? {}).map(([name, actor]) => ({ name, actor }))
  const usdOf = ({ inclusive, cost }: ActorMetadata) => (inclusive ?? cost)?.total_cost_usd ?? 0
  return all.sort((a, b) => usdOf(b.actor) - usdOf(a.actor) || b.actor.total_executions - a.actor.total_executions)
}

/** True when others of its kind sent requests within it. */
export function hasCalled({ requests, inclusive }: ActorMetadata): boolean {
  return inclusive !== undefined && inclusive.total_requests > (requests?.total_requests ?? 0)
}

/** True when an execution of it has an end that was told. */
export function hasTimes({ total_executions, latency_sketch }: ActorMetadata): boolean {
  return (latency_sketch?.count ?? total_executions) > 0
}
