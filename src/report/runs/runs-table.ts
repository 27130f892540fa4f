import { isWhole } from '../../metadata/cost.ts'
import { formatCostShort } from '../text/format-cost.ts'
import {
  formatCount,
  formatPercent,
  formatQuantity,
  formatSeconds,
  formatShortDateTime,
  formatUsd,
} from '../text/format-values.ts'
import { type Cell, type Section, type Tone, tableSection } from '../text/section.ts'
import type { RunRow, RunRowStatus } from './run-row.ts'

/** Columns that a list of runs can be sorted by. */
export const runSortKeys = [
  'started',
  'duration',
  'records',
  'success',
  'cost',
  'tokens',
  'p95',
  'task',
  'status',
] as const

export type RunSortKey = (typeof runSortKeys)[number]

export interface RunFilter {
  /** Part of the task's name. */
  readonly task?: string
  readonly status?: RunRowStatus
  readonly sinceMs?: number
  readonly untilMs?: number
}

/** The runs that a filter lets through. */
export function filterRuns(rows: readonly RunRow[], { task, status, sinceMs, untilMs }: RunFilter): RunRow[] {
  return rows.filter(
    (row) =>
      (task === undefined || row.task.toLowerCase().includes(task.toLowerCase())) &&
      (status === undefined || row.status === status) &&
      (sinceMs === undefined || row.startedAtMs >= sinceMs) &&
      (untilMs === undefined || row.startedAtMs < untilMs),
  )
}

/** The runs in order: numbers with the largest first, names from A to Z; what is not known comes last. */
export function sortRuns(rows: readonly RunRow[], key: RunSortKey): RunRow[] {
  return rows.toSorted((a, b) => {
    const [left, right] = [sortValue(a, key), sortValue(b, key)]
    if (left === right) return b.startedAtMs - a.startedAtMs || (a.path < b.path ? -1 : 1)
    if (left === undefined) return 1
    if (right === undefined) return -1
    if (typeof left === 'string' || typeof right === 'string') return left < right ? -1 : 1
    return right - left
  })
}

/** Enough for most names; longer ones lose their middle. */
const minTaskWidth = 24

/** A list of runs as a table; undefined without runs. That costs are simulated is said once, and not in each row. */
export function runsSection(title: string, rows: readonly RunRow[]): Section | undefined {
  const simulated = rows.filter(isSimulated).length
  const areAll = simulated > 0 && rows.every((row) => row.requests === 0 || isSimulated(row))
  const note = areAll
    ? 'Costs are simulated: what the named models would have cost.'
    : 'Costs in brackets are simulated: what the named models would have cost.'
  const costCell = (row: RunRow) => {
    if (!hasCost(row)) return undefined
    if (!isSimulated(row)) return formatCostShort(row.cost)
    const amount = formatCostShort({ ...row.cost, status: undefined })
    return areAll ? amount : `(${amount})`
  }
  return tableSection<RunRow>({
    title,
    ...(simulated > 0 ? { notes: [note] } : {}),
    rows,
    columns: [
      { title: 'run', align: 'left', value: ({ runId, path }) => runId?.slice(0, 8) ?? path },
      { title: 'task', align: 'left', value: ({ task }) => task.replace(/^tasks\./, ''), minWidth: minTaskWidth },
      { title: 'status', align: 'left', isWhole: true, value: ({ status }) => ({ text: status, tone: tones[status] }) },
      {
        title: 'started',
        align: 'left',
        isWhole: true,
        value: ({ startedAt }) => formatShortDateTime(startedAt),
        dropOrder: 1,
      },
      { title: 'duration', value: ({ durationSeconds }) => formatSeconds(durationSeconds), dropOrder: 4 },
      { title: 'records', value: ({ records }) => formatCount(records), dropOrder: 2 },
      { title: 'success', value: successCell, dropOrder: 3 },
      { title: 'cost', value: costCell },
      { title: 'tokens', value: ({ totalTokens }) => formatCount(totalTokens), dropOrder: 6 },
      { title: 'p95', value: ({ p95Seconds }) => formatSeconds(p95Seconds), dropOrder: 5 },
    ],
  })
}

/** False for a run that asked nothing of models and left nothing of which nobody knows what it costs. */
export function hasCost({ requests, cost }: Pick<RunRow, 'requests' | 'cost'>): boolean {
  return requests > 0 || cost.isOpen === true
}

function isSimulated({ cost, requests }: RunRow): boolean {
  return requests > 0 && cost.status === 'simulated'
}

const tones: Record<RunRowStatus, Tone> = {
  complete: 'good',
  running: 'warning',
  interrupted: 'warning',
  unfinished: 'warning',
  failed: 'bad',
  dead: 'bad',
}

function successCell({ records, failedRecords, successRate }: RunRow): Cell | undefined {
  if (records === 0) return undefined
  const text = formatPercent(successRate)
  return failedRecords > 0 ? { text, tone: 'warning' } : text
}

function sortValue(row: RunRow, key: RunSortKey): string | number | undefined {
  switch (key) {
    case 'started':
      return row.startedAtMs
    case 'duration':
      return row.durationSeconds
    case 'records':
      return row.records
    case 'success':
      return row.records > 0 ? row.successRate : undefined
    case 'cost':
      return hasCost(row) && row.cost.status !== 'unpriced' ? row.cost.total_cost_usd : undefined
    case 'tokens':
      return row.totalTokens
    case 'p95':
      return row.p95Seconds
    case 'task':
      return row.task
    case 'status':
      return row.status
    default:
      return key satisfies never
  }
}

/** What runs cost together. What was rehearsed is never in the money spent. */
export interface RunsCost {
  readonly spentUsd: number
  readonly simulatedUsd: number
  /** Runs of which a part, or all, has no price, or is still open: with one of them the sum is a lower bound. */
  readonly incompleteRuns: number
  /** A part of what was rehearsed has no price. */
  readonly isSimulatedAtLeast: boolean
}

export function costOfRuns(rows: readonly RunRow[]): RunsCost {
  let spentUsd = 0
  let simulatedUsd = 0
  let incompleteRuns = 0
  let isSimulatedAtLeast = false
  for (const { cost } of rows.filter(hasCost)) {
    if (cost.status === 'simulated') {
      simulatedUsd += cost.total_cost_usd
      if (!isWhole(cost)) isSimulatedAtLeast = true
    } else {
      spentUsd += cost.total_cost_usd
      simulatedUsd += cost.simulated_cost_usd ?? 0
      if (!isWhole(cost)) incompleteRuns += 1
    }
  }
  return { spentUsd, simulatedUsd, incompleteRuns, isSimulatedAtLeast }
}

/** The same in a line: `Spent: ≥ $0.0123 (1 run has requests whose cost is not known) + $0.25 simulated`. */
export function runsCostText({ spentUsd, simulatedUsd, incompleteRuns, isSimulatedAtLeast }: RunsCost): string {
  const missing =
    incompleteRuns === 0
      ? ''
      : ` (${formatQuantity(incompleteRuns, 'run')} ${incompleteRuns === 1 ? 'has' : 'have'} requests whose cost is not known)`
  const simulated =
    simulatedUsd === 0
      ? ''
      : ` + ${isSimulatedAtLeast ? '≥ ' : ''}${formatUsd(simulatedUsd)} simulated, which is not spent`
  return `Spent: ${incompleteRuns > 0 ? '≥ ' : ''}${formatUsd(spentUsd)}${missing}${simulated}`
}
