import type { CacheHit, RequestEnd, RequestStart } from '../event.ts'
import { cacheHits } from '../figures/avoided-figures.ts'
import type { Measure } from '../figures/formula.ts'
import { tallySets } from '../figures/registry.ts'
import { firstTries, requests } from '../figures/request-figures.ts'
import { Tallies } from '../figures/tally.ts'
import { hasAnswer, totalTokens } from '../figures/token-figures.ts'
import { CostTotals } from './cost-totals.ts'

/** Everything that is known of a set of HTTP attempts. */
export class RequestTotals {
  readonly ends = new Tallies(tallySets.requests)
  readonly starts = new Tallies(tallySets.starts)
  /** Calls that the cache of the run answered: none of them is a request. */
  readonly hits = new Tallies(tallySets.hits)
  readonly cost = new CostTotals()

  get requests(): number {
    return this.ends.of(requests)
  }

  /** Calls: what the program asked for, each one first try. */
  get calls(): number {
    return this.ends.of(firstTries)
  }

  get cacheHits(): number {
    return this.hits.of(cacheHits)
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

  addHit(hit: CacheHit): void {
    this.hits.add(hit)
  }

  merge(other: RequestTotals): void {
    this.ends.merge(other.ends)
    this.starts.merge(other.starts)
    this.hits.merge(other.hits)
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
      case 'cache-hit':
        return this.hits.of(tally)
      default:
        throw new Error(`${what} is no measure of requests`)
    }
  }
}
