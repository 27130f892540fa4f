import { addMoney, mergeMoney, noMoney } from './cost.ts'
import { countInto, mergeCounts } from './counts.ts'
import { Distribution } from './distribution.ts'
import { microseconds } from './duration.ts'
import type { NodeEnd } from './event.ts'
import { TokenTotals } from './token-totals.ts'

/** The executions of one node. What its requests used is kept with the requests. */
export class NodeTotals {
  type: string
  model: string | undefined
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
    this.#name(end.nodeType, end.model)
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
    this.#name(other.type, other.model)
    mergeCounts(this.errorTypes, other.errorTypes)
    this.statedTokens.merge(other.statedTokens)
    mergeMoney(this.statedCost, other.statedCost)
  }

  // A node has one type and one model; should two be reported, the choice must not depend on the order of events.
  #name(type: string, model: string | undefined): void {
    if (type < this.type) this.type = type
    if (model !== undefined && (this.model === undefined || model < this.model)) this.model = model
  }
}
