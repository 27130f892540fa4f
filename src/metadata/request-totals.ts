import { CostTotals } from './cost-totals.ts'
import type { RequestEnd, RequestStart } from './event.ts'
import type { Measure } from './figures/formula.ts'
import { tallySets } from './figures/registry.ts'
import { firstTries, requests } from './figures/request-figures.ts'
import { Tallies } from './figures/tally.ts'
import { hasAnswer, totalTokens } from './figures/token-figures.ts'

/** Everything that is known of a set of HTTP attempts. */
export class RequestTotals {
  readonly ends = new Tallies(tallySets.requests)
  readonly starts = new Tallies(tallySets.starts)
  readonly cost = new CostTotals()

  get requests(): number {
    return this.ends.of(requests)
  }

  /** Calls: what the program asked for, each one first try. */
  get calls(): number {
    return this.ends.of(firstTries)
  }

  get tokens(): number {
    return this.ends.of(totalTokens)
  }

  add(request: RequestEnd): void {
    this.ends.add(request)
    if (request.cost !== undefined) this.cost.add(request.cost)
    else if (hasAnswer(request.status)) this.cost.addUnknown()
  }

  addStart(start: RequestStart): void {
    this.starts.add(start)
  }

  merge(other: RequestTotals): void {
    this.ends.merge(other.ends)
    this.starts.merge(other.starts)
    this.cost.merge(other.cost)
  }

  /** What a measure of a figure comes to. */
  readonly measured = ({ tally, what }: Measure): number => {
    switch (tally?.of) {
      case 'request-end':
      case 'usage':
        return this.ends.of(tally)
      case 'request-start':
        return this.starts.of(tally)
      default:
        throw new Error(`${what} is no measure of requests`)
    }
  }
}
