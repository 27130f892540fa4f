import type { NodeEnd } from '../event.ts'
import type { Measure } from '../figures/formula.ts'
import { statedCosts } from '../figures/node-figures.ts'
import { tallySets } from '../figures/registry.ts'
import { Tallies } from '../figures/tally.ts'
import { countInto, mergeCounts } from '../statistics/counts.ts'

/** The executions of one node. What its requests used is kept with the requests. */
export class NodeTotals {
  type: string
  /** How many executions named each model. */
  readonly models = new Map<string, number>()
  readonly ends = new Tallies(tallySets.nodes)
  /** Tokens that the caller stated itself, for requests that named no node. */
  readonly stated = new Tallies(tallySets.stated)

  constructor(type: string) {
    this.type = type
  }

  /** Cost that the caller stated itself, in USD. */
  get statedUsd(): number {
    return this.ends.of(statedCosts)
  }

  add(end: NodeEnd): void {
    this.ends.add(end)
    this.stated.add(end.stated ?? {})
    this.#name(end.nodeType)
    if (end.model !== undefined) countInto(this.models, end.model)
  }

  merge(other: NodeTotals): void {
    this.ends.merge(other.ends)
    this.stated.merge(other.stated)
    this.#name(other.type)
    mergeCounts(this.models, other.models)
  }

  /** What a measure of a figure comes to; tokens are those that were stated. */
  readonly measured = ({ tally, what }: Measure): number => {
    switch (tally?.of) {
      case 'node-end':
        return this.ends.of(tally)
      case 'usage':
        return this.stated.of(tally)
      default:
        throw new Error(`${what} is no measure of executions`)
    }
  }

  /** The model that most executions named; of two that are equal the first by its name. */
  get model(): string | undefined {
    const most = Math.max(...this.models.values())
    return [...this.models].filter(([, count]) => count === most).sort(([a], [b]) => (a < b ? -1 : 1))[0]?.[0]
  }

  // A node has one type; should two be reported, the choice must not depend on the order of events.
  #name(type: string): void {
    if (type < this.type) this.type = type
  }
}
