import type { Metadata, ReceiptMetadata } from '../metadata/schema.ts'
import { formatCount, formatQuantity, formatSeconds, formatUsd } from './format-numbers.ts'
import type { Section } from './section.ts'
import { tableSection } from './table-section.ts'

interface WasteRow {
  readonly what: string
  readonly count?: number
  readonly seconds?: number
  readonly costUsd?: number
}

/** Time and money that brought nothing. */
export function wasteSection({ aggregate_statistics: { waste, requests } }: Metadata): Section | undefined {
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
        value: ({ costUsd }) => (costUsd === undefined ? undefined : formatUsd(costUsd)),
      },
    ],
  })
}

/** The records that cost most. */
export function dearestSection({ aggregate_statistics: { cost_per_record } }: Metadata): Section | undefined {
  return tableSection({
    title: 'Dearest records',
    rows: cost_per_record?.dearest ?? [],
    columns: [
      { title: 'record', align: 'left', value: ({ record_id }) => record_id },
      { title: 'cost', value: ({ cost_usd }) => formatUsd(cost_usd) },
    ],
  })
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

/** How each cost was computed: tokens of a class × price of a million = amount. */
export function receiptSections(models: Metadata['models']): Section[] {
  return Object.entries(models).flatMap(([name, { cost }]) =>
    (cost.receipt ?? []).flatMap((receipt) => receiptSection(name, receipt) ?? []),
  )
}

function receiptSection(model: string, receipt: ReceiptMetadata): Section | undefined {
  return tableSection({
    title: `Receipt of ${model}: ${formatUsd(receipt.total_usd)}${receipt.status === 'simulated' ? ' simulated' : ''}`,
    notes: [receiptNote(receipt)],
    rows: receipt.classes,
    columns: [
      { title: 'tokens of class', align: 'left', value: ({ token_class }) => token_class },
      { title: 'tokens', value: ({ tokens }) => formatCount(tokens) },
      { title: '× USD per million', value: ({ usd_per_million }) => formatUsd(usd_per_million) },
      { title: '= USD', value: ({ usd }) => formatUsd(usd) },
    ],
  })
}

function receiptNote({
  requests,
  provider,
  product,
  tier,
  price_date,
  source,
  version,
  status,
}: ReceiptMetadata): string {
  return `${formatQuantity(requests, 'request')} at the ${tier} price of ${provider} ${product} of ${price_date}, from ${source} ${version} (${status})`
}
