import type { NodeEnd, RecordEnd, RequestEnd } from '../../metadata/event.ts'
import { isTruncated } from '../../metadata/events/finish-reason.ts'
import { isWithin } from '../../report/run/run-filter.ts'
import { isRehearsed, trustOfRequest } from './cost-trust.ts'
import { NameIndex } from './name-index.ts'

/** What is known of one record. */
export interface RecordFacts {
  requests: number
  retries: number
  failedAttempts: number
  /** Undefined as long as it has not ended. */
  succeeded: boolean | undefined
  durationSeconds: number | undefined
  /** What all its requests came to, in all sessions; that of rehearsals is a part of it. */
  costPicodollars: number
  rehearsedPicodollars: number
  /** What its requests came to since its last end, which says the sum of them. */
  openPicodollars: number
  /** How far its cost can be trusted, as bits. */
  costTrust: number
  /** Answers that were cut off at a limit of tokens. */
  truncated: number
  /** Number of the node in which it failed last; -1 for none. */
  failedNode: number
  errorType: string | undefined
  reason: string | undefined
}

/** The records of a run by their number. */
export class RecordTable {
  readonly ids = new NameIndex()
  readonly nodes = new NameIndex()
  readonly facts: RecordFacts[] = []

  /** Counts a request; gives the number of its record, -1 for none. */
  addRequest(request: RequestEnd, isAnswered: boolean): number {
    const { recordId, cost, resendCount } = request
    const number = this.ids.add(recordId)
    if (number < 0) return number
    const facts = this.#factsOf(number)
    facts.requests += 1
    if (resendCount > 0) facts.retries += 1
    if (!isAnswered) facts.failedAttempts += 1
    if (isAnswered && isTruncated(request)) facts.truncated += 1
    const trust = trustOfRequest(request)
    const picodollars = cost?.picodollars ?? 0
    facts.costTrust |= trust
    facts.costPicodollars += picodollars
    facts.openPicodollars += picodollars
    if (isRehearsed(trust)) facts.rehearsedPicodollars += picodollars
    return number
  }

  /** Notes where a record failed. Of a subgraph the node within it says more than the one around it. */
  nodeFailed({ recordId, node }: NodeEnd): void {
    const number = this.ids.add(recordId)
    if (number < 0) return
    const facts = this.#factsOf(number)
    const known = this.nodes.names[facts.failedNode]
    if (known === undefined || known === node || !isWithin(known, node)) facts.failedNode = this.nodes.add(node)
  }

  end({ recordId, succeeded, durationSeconds, costPicodollars, errorType, reason }: RecordEnd): void {
    const number = this.ids.add(recordId)
    if (number < 0) return
    const facts = this.#factsOf(number)
    facts.succeeded = succeeded
    facts.durationSeconds = durationSeconds
    // Where requests are missing, in a sample or a damaged ledger, the end knows more.
    facts.costPicodollars += Math.max(0, (costPicodollars ?? 0) - facts.openPicodollars)
    facts.openPicodollars = 0
    facts.errorType = errorType
    facts.reason = reason
  }

  #factsOf(number: number): RecordFacts {
    let facts = this.facts[number]
    if (facts === undefined) {
      facts = {
        requests: 0,
        retries: 0,
        failedAttempts: 0,
        succeeded: undefined,
        durationSeconds: undefined,
        costPicodollars: 0,
        rehearsedPicodollars: 0,
        openPicodollars: 0,
        costTrust: 0,
        truncated: 0,
        failedNode: -1,
        errorType: undefined,
        reason: undefined,
      }
      this.facts[number] = facts
    }
    return facts
  }
}
