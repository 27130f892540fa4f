import { addMoney, mergeMoney, noMoney } from './cost.ts'
import { CostTotals } from './cost-totals.ts'
import { countInto, mergeCounts } from './counts.ts'
import { Distribution } from './distribution.ts'
import { microseconds } from './duration.ts'
import { type RequestEnd, succeeded } from './event.ts'
import { isTruncated } from './finish-reason.ts'
import { TokenTotals } from './token-totals.ts'

/** Everything that is known of a set of HTTP attempts. */
export class RequestTotals {
  requests = 0
  retries = 0
  /**
   * Attempts that failed and were not retried. An attempt that repeats another takes the failure of that one back, so the
   * count may be negative in a part of a run and is right in the whole.
   */
  failures = 0
  failedAttempts = 0
  /** Attempts whose start was recorded, and those of them whose end was. */
  started = 0
  announced = 0
  waitMicroseconds = 0
  successMicroseconds = 0
  failedMicroseconds = 0
  truncated = 0
  aborted = 0
  readonly truncatedCost = noMoney()
  readonly abortedCost = noMoney()
  readonly failedCost = noMoney()
  readonly codes = new Map<string, number>()
  readonly errorTypes = new Map<string, number>()
  readonly latency = new Distribution()
  readonly timeToFirstToken = new Distribution()
  readonly callLatency = new Distribution()
  readonly tokens = new TokenTotals()
  readonly cost = new CostTotals()

  /** Calls: what the program asked for, each one first try. */
  get calls(): number {
    return this.requests - this.retries
  }

  /** Calls that got their answer: a call has at most one attempt that succeeded. */
  get succeededCalls(): number {
    return this.requests - this.failedAttempts
  }

  /** Attempts on their way; of a process that died, those of which nobody knows how they ended. */
  get inFlight(): number {
    return Math.max(0, this.started - this.announced)
  }

  add(request: RequestEnd): void {
    const duration = microseconds(request.durationSeconds)
    this.requests += 1
    if (request.isAnnounced) this.announced += 1
    this.latency.add(duration)
    countInto(this.codes, String(request.status))
    if (request.resendCount > 0) {
      this.retries += 1
      this.failures -= 1
      this.waitMicroseconds += microseconds(request.waitSeconds ?? 0)
    }
    if (succeeded(request)) this.#addSuccess(request, duration)
    else this.#addFailure(request, duration)
    this.#addUsage(request)
    this.#addWaste(request)
  }

  merge(other: RequestTotals): void {
    this.requests += other.requests
    this.retries += other.retries
    this.failures += other.failures
    this.failedAttempts += other.failedAttempts
    this.started += other.started
    this.announced += other.announced
    this.waitMicroseconds += other.waitMicroseconds
    this.successMicroseconds += other.successMicroseconds
    this.failedMicroseconds += other.failedMicroseconds
    this.truncated += other.truncated
    this.aborted += other.aborted
    mergeMoney(this.truncatedCost, other.truncatedCost)
    mergeMoney(this.abortedCost, other.abortedCost)
    mergeMoney(this.failedCost, other.failedCost)
    mergeCounts(this.codes, other.codes)
    mergeCounts(this.errorTypes, other.errorTypes)
    this.latency.merge(other.latency)
    this.timeToFirstToken.merge(other.timeToFirstToken)
    this.callLatency.merge(other.callLatency)
    this.tokens.merge(other.tokens)
    this.cost.merge(other.cost)
  }

  #addSuccess(request: RequestEnd, duration: number): void {
    this.successMicroseconds += duration
    this.callLatency.add(
      request.callDurationSeconds === undefined ? duration : microseconds(request.callDurationSeconds),
    )
    if (request.timeToFirstTokenSeconds !== undefined) {
      this.timeToFirstToken.add(microseconds(request.timeToFirstTokenSeconds))
    }
  }

  #addFailure(request: RequestEnd, duration: number): void {
    this.failures += 1
    this.failedAttempts += 1
    this.failedMicroseconds += duration
    countInto(this.errorTypes, request.errorType ?? `http_${request.status}`)
  }

  #addUsage(request: RequestEnd): void {
    const hasAnswer = request.status >= 200 && request.status < 300
    if (request.usage !== undefined) this.tokens.add(request.usage)
    else if (hasAnswer) this.tokens.answersWithoutUsage += 1
    if (request.estimatedUsage !== undefined) this.tokens.addEstimate(request.estimatedUsage)
    if (request.cost !== undefined) this.cost.add(request.cost)
    else if (hasAnswer) this.cost.addUnknown()
  }

  #addWaste(request: RequestEnd): void {
    const picodollars = request.cost?.picodollars ?? 0
    if (!succeeded(request)) addMoney(this.failedCost, picodollars)
    if (request.isAborted) {
      this.aborted += 1
      addMoney(this.abortedCost, picodollars)
    }
    if (isTruncated(request)) {
      this.truncated += 1
      addMoney(this.truncatedCost, picodollars)
    }
  }
}
