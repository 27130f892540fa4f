import { isWhole } from '../../metadata/cost.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { costOfRun } from '../run/run-cost.ts'
import { type CostBlock, formatPartOf } from '../text/format-cost.ts'
import { formatCount, formatPercent, formatSeconds } from '../text/format-values.ts'
import type { Section } from '../text/section.ts'
import { type ColumnDefinition, tableSection } from '../text/section.ts'
import type { WasteAmount, WasteKind } from './waste-totals.ts'

/** The waste of a run. */
export interface Waste {
  readonly run: readonly WasteAmount[]
  /** By node; undefined is what belongs to none. Empty when only the file is known, which does not tell them apart. */
  readonly nodes: ReadonlyMap<string | undefined, readonly WasteAmount[]>
}

/** What to do about each kind. */
export const wasteAdvice: Readonly<Record<WasteKind, string>> = {
  'failed attempts':
    'See the response codes (`sygra show`): fewer records at once (`batchSize`) against 429, a longer timeout against timeouts, another model or region where it is the server.',
  'waits before retries':
    'The provider is asked for more than it gives: fewer records at once, or a higher rate limit.',
  'truncated answers': 'Raise max_tokens of the model, or ask for shorter answers: a cut answer was paid for in full.',
  'aborted streams': 'Give the model more time, or stop asking for answers that nobody reads to their end.',
  'failed records':
    'Mend what the errors say and do these records again: the same run with `resume: true` and `retryFailed: true` keeps the others.',
  'duplicated records':
    'Workers were lost, or thought lost: see why each has left (sygra show), and raise --worker-lease where functions hold them up for long.',
  'repeated prompts':
    'The same request was sent and answered before: keep its answer. Meant so where a model is to answer several times.',
  'prefixes not cached':
    'Put what is always the same first in the prompt and what changes last; mark it for caching where the provider wants that (Anthropic: cache_control).',
}

/** Waste as the file alone tells it. */
export function wasteOfFile({ aggregate_statistics: { waste, requests } }: Metadata): readonly WasteAmount[] {
  if (waste === undefined) return []
  const { failed_attempts, retry_waits, truncated_answers, aborted_streams, failed_records, duplicated_records } = waste
  const all: readonly WasteAmount[] = [
    {
      kind: 'failed attempts',
      count: failed_attempts.requests,
      seconds: failed_attempts.seconds,
      costUsd: failed_attempts.cost_usd,
    },
    { kind: 'waits before retries', count: requests.total_retries, seconds: retry_waits.seconds },
    { kind: 'truncated answers', count: truncated_answers.requests, costUsd: truncated_answers.cost_usd },
    { kind: 'aborted streams', count: aborted_streams.requests, costUsd: aborted_streams.cost_usd },
    {
      kind: 'failed records',
      count: failed_records.records,
      seconds: failed_records.seconds,
      costUsd: failed_records.cost_usd,
    },
    {
      kind: 'duplicated records',
      count: duplicated_records?.records ?? 0,
      seconds: duplicated_records?.seconds ?? 0,
      costUsd: duplicated_records?.cost_usd ?? 0,
    },
  ]
  return all.filter(({ count, seconds = 0, costUsd = 0 }) => count + seconds + costUsd > 0)
}

/** What is shown of waste: the run, each node, and what to do about each kind. */
export function wasteSections(metadata: Metadata, { run, nodes }: Waste): Section[] {
  const nodeRows = [...nodes].flatMap(([node, amounts]) =>
    amounts.map((amount, index) => ({ ...amount, node: index === 0 ? (node ?? 'outside nodes') : '' })),
  )
  const cost = costOfRun(metadata)
  const sections = [
    tableSection<WasteAmount>({
      title: `Waste of ${metadata.execution.task_name}`,
      notes: ['One request may be of several kinds, so they do not add up.'],
      rows: run,
      columns: [
        { title: 'what', align: 'left', value: ({ kind }) => kind },
        ...amountColumns(cost),
        { title: 'of all cost', value: ({ costUsd }) => shareOf(costUsd, cost), dropOrder: 2, hidesZeros: true },
      ],
    }),
    tableSection<WasteAmount & { readonly node: string }>({
      title: 'By node',
      rows: nodeRows,
      columns: [
        { title: 'node', align: 'left', value: ({ node }) => node },
        { title: 'what', align: 'left', isWhole: true, value: ({ kind }) => kind },
        ...amountColumns(cost),
      ],
    }),
    adviceSection(run),
  ]
  return sections.filter((section) => section !== undefined)
}

function amountColumns(cost: CostBlock): ColumnDefinition<WasteAmount>[] {
  return [
    { title: 'count', value: ({ count }) => formatCount(count) },
    { title: 'time', value: ({ seconds }) => (seconds === undefined ? undefined : formatSeconds(seconds)) },
    { title: 'tokens', value: ({ tokens }) => (tokens === undefined ? undefined : formatCount(tokens)), dropOrder: 1 },
    { title: 'cost', value: ({ costUsd }) => costText(costUsd, cost) },
  ]
}

// What the whole does not know of its cost, its parts do not know either.
function costText(costUsd: number | undefined, cost: CostBlock): string | undefined {
  if (costUsd === undefined || cost.status === 'unpriced') return undefined
  return formatPartOf(costUsd, cost)
}

function shareOf(costUsd: number | undefined, whole: CostBlock): string | undefined {
  if (costUsd === undefined || whole.total_cost_usd <= 0 || !isWhole(whole)) return undefined
  return formatPercent(costUsd / whole.total_cost_usd)
}

function adviceSection(amounts: readonly WasteAmount[]): Section | undefined {
  if (amounts.length === 0) return undefined
  return {
    type: 'pairs',
    title: 'What to do about it',
    pairs: amounts.map(({ kind }) => [kind, wasteAdvice[kind]] as const),
  }
}
