import { addMoney, mergeMoney, noMoney } from './cost.ts'
import { countInto, mergeCounts } from './counts.ts'
import { Distribution } from './distribution.ts'
import { microseconds } from './duration.ts'
import type { NodeEnd } from './event.ts'
import { TokenTotals } from './token-totals.ts'

/** The executions of one node. What its requests used is kept with the requests. */
export class NodeTotals {
  type: string
  /** How many executions named each model. */
  readonly models = new Map<string, number>()
  executions = 0
  failures = 0
  readonly latency = new Distribution()
  readonly errorTypes = new Map<string, number>()
  /** Tokens and cost that the caller stated itself, for requests that named no node. */
  readonly statedTokens = new TokenTotals()
  readonly statedCost = noMoney()

  constructor(type: string) {
    this.type = type
  }

  add(end: NodeEnd): void {
    this.executions += 1
    this.latency.add(microseconds(end.durationSeconds))
    this.#name(end.nodeType)
    if (end.model !== undefined) countInto(this.models, end.model)
    if (!end.succeeded) {
      this.failures += 1
      countInto(this.errorTypes, end.errorType ?? 'unknown')
    }
    if (end.stated?.usage !== undefined) this.statedTokens.add(end.stated.usage)
    if (end.stated?.costPicodollars !== undefined) addMoney(this.statedCost, end.stated.costPicodollars)
  }

  merge(other: NodeTotals): void {
    this.executions += other.executions
    this.failures += other.failures
    this.latency.merge(other.latency)
    this.#name(other.type)
    mergeCounts(this.models, other.models)
    mergeCounts(this.errorTypes, other.errorTypes)
    this.statedTokens.merge(other.statedTokens)
    mergeMoney(this.statedCost, other.statedCost)
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
