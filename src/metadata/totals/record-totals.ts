import type { RecordDuplicate, RecordEnd } from '../event.ts'
import { numbersOf } from '../figures/figure.ts'
import type { Measure } from '../figures/formula.ts'
import { recordCosts, recordFigures, recordTimes } from '../figures/record-figures.ts'
import { tallySets } from '../figures/registry.ts'
import { Tallies } from '../figures/tally.ts'
import { TopList } from '../statistics/top-list.ts'

/** How many of the most expensive and slowest records are named. */
const namedRecords = 5

/** The records that went through the workflow. */
export class RecordTotals {
  readonly ends = new Tallies(tallySets.records)
  readonly duplicates = new Tallies(tallySets.duplicates)
  readonly mostExpensive = new TopList(namedRecords)
  readonly slowest = new TopList(namedRecords)

  get processed(): number {
    return this.#count('total_processed')
  }

  get failed(): number {
    return this.#count('total_failed')
  }

  add(end: RecordEnd): void {
    this.ends.add(end)
    this.mostExpensive.add(end.recordId, recordCosts.read(end) ?? 0)
    this.slowest.add(end.recordId, recordTimes.read(end) ?? 0)
  }

  addDuplicate(duplicate: RecordDuplicate): void {
    this.duplicates.add(duplicate)
  }

  merge(other: RecordTotals): void {
    this.ends.merge(other.ends)
    this.duplicates.merge(other.duplicates)
    this.mostExpensive.merge(other.mostExpensive)
    this.slowest.merge(other.slowest)
  }

  /** What a measure of a figure comes to. */
  readonly measured = ({ tally, what }: Measure): number => {
    if (tally?.of === 'record-end') return this.ends.of(tally)
    if (tally?.of === 'record-duplicate') return this.duplicates.of(tally)
    throw new Error(`${what} is no measure of records`)
  }

  #count(key: 'total_processed' | 'total_failed'): number {
    return numbersOf(countFigures, { totals: undefined, measured: this.measured })[key]
  }
}

const { total_processed, total_failed } = recordFigures
const countFigures = { total_processed, total_failed }
