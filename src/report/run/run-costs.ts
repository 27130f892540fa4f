import { isWhole } from '../../metadata/cost.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { type CostBlock, formatPartOf } from '../text/format-cost.ts'
import { formatCount, formatSeconds, formatUsd } from '../text/format-values.ts'
import type { Section } from '../text/section.ts'
import { tableSection } from '../text/section.ts'
import { wasteOfFile } from '../waste/waste-sections.ts'
import { costOfRun } from './run-cost.ts'

/** Time and money that brought nothing. */
export function wasteSection(metadata: Metadata): Section | undefined {
  const cost = costOfRun(metadata)
  if (metadata.aggregate_statistics.waste === undefined) return undefined
  return tableSection({
    title: 'Waste',
    rows: wasteOfFile(metadata),
    columns: [
      { title: 'what', align: 'left', value: ({ kind }) => kind },
      { title: 'count', value: ({ count }) => formatCount(count) },
      { title: 'time', value: ({ seconds }) => (seconds === undefined ? undefined : formatSeconds(seconds)) },
      {
        title: 'cost',
        hidesZeros: true,
        value: ({ costUsd }) => (costUsd === undefined ? undefined : lowerBound(costUsd, cost)),
      },
    ],
  })
}

/** The records that cost most. */
export function mostExpensiveSection({
  aggregate_statistics: { cost_per_record, cost },
}: Metadata): Section | undefined {
  return tableSection({
    title: 'Most expensive records',
    rows: cost_per_record?.dearest ?? [],
    columns: [
      { title: 'record', align: 'left', value: ({ record_id }) => record_id },
      { title: 'cost', value: ({ cost_usd }) => lowerBound(cost_usd, cost) },
    ],
  })
}

// What a total does not know, its parts do not know either; 0 stays 0, so that an empty column can be left out.
function lowerBound(usd: number, cost: CostBlock): string {
  return isWhole(cost) || usd === 0 ? formatUsd(usd) : formatPartOf(usd, cost)
}

/** The records that took longest. */
export function slowestSection({ aggregate_statistics: { latency_per_record } }: Metadata): Section | undefined {
  return tableSection({
    title: 'Slowest records',
    rows: latency_per_record?.slowest ?? [],
    columns: [
      { title: 'record', align: 'left', value: ({ record_id }) => record_id },
      { title: 'time', value: ({ duration_seconds }) => formatSeconds(duration_seconds) },
    ],
  })
}
