import type { Metadata } from '../../metadata/schema.ts'
import { formatDerivedCost } from '../text/format-cost.ts'
import { formatCount, formatSeconds, formatUsd } from '../text/format-values.ts'
import type { Section } from '../text/section.ts'
import { tableSection } from '../text/section.ts'

interface WasteRow {
  readonly what: string
  readonly count?: number
  readonly seconds?: number
  readonly costUsd?: number
}

/** Time and money that brought nothing. */
export function wasteSection({ aggregate_statistics: { waste, requests, cost } }: Metadata): Section | undefined {
  if (waste === undefined) return undefined
  const { failed_attempts, retry_waits, truncated_answers, aborted_streams, failed_records } = waste
  const all: WasteRow[] = [
    {
      what: 'failed attempts',
      count: failed_attempts.requests,
      seconds: failed_attempts.seconds,
      costUsd: failed_attempts.cost_usd,
    },
    { what: 'waits before retries', count: requests.total_retries, seconds: retry_waits.seconds },
    { what: 'truncated answers', count: truncated_answers.requests, costUsd: truncated_answers.cost_usd },
    { what: 'aborted streams', count: aborted_streams.requests, costUsd: aborted_streams.cost_usd },
    {
      what: 'failed records',
      count: failed_records.records,
      seconds: failed_records.seconds,
      costUsd: failed_records.cost_usd,
    },
  ]
  return tableSection({
    title: 'Waste',
    rows: all.filter(({ count = 0, seconds = 0, costUsd = 0 }) => count + seconds + costUsd > 0),
    columns: [
      { title: 'what', align: 'left', value: ({ what }) => what },
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
function lowerBound(usd: number, { status }: Metadata['aggregate_statistics']['cost']): string {
  return status === 'partial' && usd > 0 ? formatDerivedCost(usd, { status }) : formatUsd(usd)
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
