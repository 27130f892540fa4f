import type { Metadata } from '../../src/metadata/schema.ts'
import type { Comparison, FigureDifference } from '../../src/report/compare/compare.ts'
import { exactChange, figureTexts, hasNews } from '../../src/report/compare/comparison-sections.ts'
import type { Verdict } from '../../src/report/compare/figure.ts'
import { callLatencyOf } from '../../src/report/run/run-figures.ts'
import { formatChange, formatCount, formatSeconds, unknownMark } from '../../src/report/text/format-values.ts'

/** A figure in every run: that of the base first. */
export interface CompareRow {
  readonly title: string
  readonly base: string
  readonly cells: readonly CompareCell[]
  /** Of it another row is a part. */
  readonly isPart?: boolean
}

export interface CompareCell {
  readonly text: string
  /** Against the base. */
  readonly change?: string
  readonly verdict?: Verdict
  /** Why nobody can say. */
  readonly reason?: string
  /** Where the true difference lies with 95 %, as shares of the base. */
  readonly interval?: { readonly from: number; readonly to: number }
  readonly differs: boolean
}

export interface CompareGroup {
  readonly title: string
  readonly rows: readonly CompareRow[]
}

/** What is shown of a model or a node; the rest is on the page of each run. */
const partFigures = new Set([
  ...['executions', 'requests', 'failures', 'total_tokens', 'total_cost'],
  ...['cost_per_execution', 'cost_per_request', 'p50', 'p95'],
])

/** All runs in one table: what the run came to, where its time went, its models, its nodes, its responses. */
export function compareGroups(
  base: Metadata,
  heads: readonly { readonly metadata: Metadata; readonly comparison: Comparison }[],
): readonly CompareGroup[] {
  const parts = (key: 'models' | 'nodes', kind: string): CompareGroup[] => {
    const names = [...new Set(heads.flatMap(({ comparison }) => comparison[key].map(({ name }) => name)))]
    return names.map((name) => ({
      title: `${kind} ${name}`,
      rows: figureRows(
        heads.map(({ comparison }) => {
          const figures = comparison[key].find((part) => part.name === name)?.figures ?? []
          return figures.filter((figure) => partFigures.has(figure.name))
        }),
      ),
    }))
  }
  const groups = [
    { title: 'Run', rows: figureRows(heads.map(({ comparison }) => comparison.totals)) },
    { title: 'Where the time of a record went', rows: timeRows([base, ...heads.map(({ metadata }) => metadata)]) },
    ...parts('nodes', 'Node'),
    ...parts('models', 'Model'),
    { title: 'Responses', rows: codeRows(heads.map(({ comparison }) => comparison.responseCodes)) },
  ]
  return groups.filter(({ rows }) => rows.length > 0)
}

function figureRows(lists: readonly (readonly FigureDifference[])[]): CompareRow[] {
  const names = [...new Set(lists.flatMap((figures) => figures.map(({ name }) => name)))]
  return names.flatMap((name) => {
    const figures = lists.map((list) => list.find((figure) => figure.name === name))
    const known = figures.find((figure) => figure !== undefined)
    const isNews = figures.some((figure) => figure && (hasNews(figure) || figure.baseAtLeast || figure.headAtLeast))
    if (known === undefined || !isNews) return []
    return [
      {
        title: known.title,
        base: figureTexts(known).base,
        cells: figures.map(cellOf),
      },
    ]
  })
}

function cellOf(figure: FigureDifference | undefined): CompareCell {
  if (figure === undefined) return { text: unknownMark, differs: true }
  const { base, head, baseAtLeast, headAtLeast, change, difference, verdict, interval, reason } = figure
  const bound = boundChange(figure)
  return {
    text: figureTexts(figure).head,
    ...(change === undefined ? (bound === undefined ? {} : { change: bound }) : { change: exactChange(figure) }),
    verdict,
    ...(reason === undefined ? {} : { reason }),
    ...(interval === undefined || !base ? {} : { interval: { from: interval.from / base, to: interval.to / base } }),
    differs: difference === undefined ? base !== head || baseAtLeast !== headAtLeast : difference !== 0,
  }
}

/** What lower bounds say of the change: at least, at most, or nearly so much; undefined where one is not known at all. */
function boundChange({ base, head, baseAtLeast, headAtLeast }: FigureDifference): string | undefined {
  const [from, to] = [base ?? baseAtLeast, head ?? headAtLeast]
  if (from === undefined || to === undefined || from === 0) return undefined
  const sign = base === undefined ? (head === undefined ? '≈' : '≤') : '≥'
  return `${sign} ${formatChange(to / from - 1)}`
}

/** How long a record took, and of that how long models answered, how long it waited to ask again, and the rest. */
function timeRows(runs: readonly Metadata[]): CompareRow[] {
  const split = runs.map(timeOf)
  const lowest = runs.map(lowestLimit)
  const row = (title: string, values: readonly (number | undefined)[], isPart = true): CompareRow[] => {
    if (values.every((value) => value === undefined)) return []
    const [base, ...others] = values
    return [
      {
        title,
        isPart,
        base: formatSeconds(base),
        cells: others.map((value) => ({
          text: formatSeconds(value),
          ...(base && value !== undefined ? { change: formatChange(value / base - 1) } : {}),
          differs: value !== base,
        })),
      },
    ]
  }
  const [baseLimit, ...otherLimits] = lowest
  return [
    ...row(
      'time per record',
      split.map(({ whole }) => whole),
      false,
    ),
    ...row(
      'models answering',
      split.map(({ model }) => model),
    ),
    ...row(
      'waiting to ask again',
      split.map(({ waiting }) => waiting),
    ),
    ...row(
      'queueing for the limit, and the rest',
      split.map(({ rest }) => rest),
    ),
    ...row(
      'p95 of a call',
      runs.map((run) => callLatencyOf(run)?.p95),
      false,
    ),
    ...(lowest.every((limit) => limit === undefined)
      ? []
      : [
          {
            title: 'lowest limit of concurrency',
            base: formatCount(baseLimit),
            cells: otherLimits.map((limit) => ({ text: formatCount(limit), differs: limit !== baseLimit })),
          },
        ]),
  ]
}

function timeOf({ aggregate_statistics: totals, models }: Metadata) {
  const records = totals.records.total_processed
  const whole = totals.latency_per_record?.mean
  if (records === 0 || whole === undefined) return {}
  const model =
    Object.values(models).reduce((sum, { performance }) => sum + performance.total_latency_seconds, 0) / records
  const waiting = (totals.requests.retry_wait_seconds ?? 0) / records
  return { whole, model, waiting, rest: Math.max(0, whole - model - waiting) }
}

function lowestLimit({ execution: { concurrency = {} } }: Metadata): number | undefined {
  const limits = Object.values(concurrency).flatMap(({ lowest }) => lowest ?? [])
  return limits.length === 0 ? undefined : Math.min(...limits)
}

function codeRows(lists: readonly Comparison['responseCodes'][]): CompareRow[] {
  const codes = [...new Set(lists.flatMap((list) => list.map(({ code }) => code)))].sort()
  return codes.map((code) => {
    const found = lists.map((list) => list.find((each) => each.code === code))
    const base = found.find((each) => each !== undefined)?.base ?? 0
    return {
      title: code,
      base: formatCount(base),
      cells: found.map((each) => ({ text: formatCount(each?.head ?? 0), differs: (each?.head ?? 0) !== base })),
    }
  })
}
