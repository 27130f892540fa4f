import type { Metadata } from '../../metadata/schema.ts'
import type { Verdict } from './figure.ts'
import { isTotalFigure } from './figures.ts'

/** How far two runs did the same amount of work; runs without records, such as programs, are taken to have done so. */
export interface DoneWork {
  readonly hasOtherRecords: boolean
  /** The share of records that succeeded: that of head less that of base. */
  readonly moreSucceeded: number
}

export function doneWorkOf(base: Metadata, head: Metadata): DoneWork {
  const { records: from } = base.aggregate_statistics
  const { records: to } = head.aggregate_statistics
  return {
    hasOtherRecords: from.total_processed !== to.total_processed,
    moreSucceeded: (to.success_rate ?? 0) - (from.success_rate ?? 0),
  }
}

/** Figures for a record that was worked on, whether it succeeded or not: one that fails early costs little. */
const ofEachRecord: ReadonlySet<string> = new Set(['cost_per_record', 'tokens_per_record', 'seconds_per_record'])

/**
 * Why a figure is no ground for a verdict: it grows with the work, and the runs did not do the same. A run is not better for
 * what it saved on records that failed, nor worse for what those cost that did not fail any more.
 */
export function whyUnjudged(
  { name, verdict }: { readonly name: string; readonly verdict: Verdict },
  { hasOtherRecords, moreSucceeded }: DoneWork,
): string | undefined {
  const isTotal = isTotalFigure(name)
  if (isTotal && hasOtherRecords) return 'another number of records'
  if (!isTotal && !ofEachRecord.has(name)) return undefined
  if (verdict === 'better' && moreSucceeded < 0) return 'fewer records succeeded'
  if (verdict === 'worse' && moreSucceeded > 0) return 'more records succeeded'
  return undefined
}
