import { addMoney, mergeMoney, noMoney } from './cost.ts'
import { countInto, mergeCounts } from './counts.ts'
import { Distribution } from './distribution.ts'
import { microseconds } from './duration.ts'
import type { RecordEnd } from './event.ts'
import { TopList } from './top-list.ts'

/** How many of the dearest and slowest records are named. */
const namedRecords = 5

/** The records that went through the workflow. */
export class RecordTotals {
  processed = 0
  failed = 0
  failedMicroseconds = 0
  readonly failedCost = noMoney()
  readonly errorTypes = new Map<string, number>()
  readonly cost = new Distribution()
  readonly latency = new Distribution()
  readonly dearest = new TopList(namedRecords)
  readonly slowest = new TopList(namedRecords)

  add(end: RecordEnd): void {
    if (!end.repeatsFailure && !end.repeatsSuccess) this.processed += 1
    if (end.repeatsFailure) this.failed -= 1
    if (!end.succeeded) this.#addFailure(end)
    if (end.costPicodollars !== undefined) {
      this.cost.add(end.costPicodollars)
      this.dearest.add(end.recordId, end.costPicodollars)
    }
    if (end.durationSeconds !== undefined) {
      const duration = microseconds(end.durationSeconds)
      this.latency.add(duration)
      this.slowest.add(end.recordId, duration)
    }
  }

  merge(other: RecordTotals): void {
    this.processed += other.processed
    this.failed += other.failed
    this.failedMicroseconds += other.failedMicroseconds
    mergeMoney(this.failedCost, other.failedCost)
    mergeCounts(this.errorTypes, other.errorTypes)
    this.cost.merge(other.cost)
    this.latency.merge(other.latency)
    this.dearest.merge(other.dearest)
    this.slowest.merge(other.slowest)
  }

  #addFailure(end: RecordEnd): void {
    this.failed += 1
    this.failedMicroseconds += microseconds(end.durationSeconds ?? 0)
    addMoney(this.failedCost, end.costPicodollars ?? 0)
    countInto(this.errorTypes, end.errorType ?? 'unknown')
  }
}
