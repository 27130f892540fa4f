import type { Metadata } from '../../metadata/schema.ts'
import { meaningOfCode } from '../run/error-meaning.ts'
import { gitTextOf, statusOf } from '../run/run-figures.ts'
import { formatChange, formatCount, formatDateTime } from '../text/format-values.ts'
import { renderSectionsMarkdown } from '../text/render-markdown.ts'
import { type RenderOptions, renderSections } from '../text/render-sections.ts'
import { type Cell, type ColumnDefinition, type Section, type Tone, tableSection } from '../text/section.ts'
import type { DifferenceInterval } from './bootstrap.ts'
import type { Comparison, FigureDifference, PartDifference } from './compare.ts'
import { type FigureUnit, formatFigure, type Verdict } from './figure.ts'
import type { GateResult } from './gates.ts'

export interface ComparedRuns {
  readonly base: Metadata
  readonly head: Metadata
  readonly comparison: Comparison
  readonly gates: readonly GateResult[]
}

/** What is shown of a comparison: first what was not alike from the start, then the results, then the gates. */
export function comparisonSections({ base, head, comparison, gates }: ComparedRuns): Section[] {
  const sections: (Section | undefined)[] = [
    headSection({ base, head, comparison }),
    beforehandSection(comparison),
    totalsSection(comparison),
    partsSection('Models', 'model', comparison.models, modelFigureNames),
    partsSection('Nodes', 'node', comparison.nodes, nodeFigureNames),
    partsSection('Agents', 'agent', comparison.agents, actorFigureNames),
    partsSection('Tools', 'tool', comparison.tools, actorFigureNames),
    codesSection(comparison),
    gatesSection(gates),
  ]
  return sections.filter((section) => section !== undefined)
}

const modelFigureNames = ['requests', 'failures', 'total_tokens', 'total_cost', 'p50', 'p95']
const nodeFigureNames = ['executions', 'failures', 'total_tokens', 'total_cost', 'p50', 'p95']

const actorFigureNames = ['executions', 'failures', 'total_tokens', 'total_cost', 'inclusive_cost', 'p50', 'p95']

function headSection({ base, head, comparison }: Omit<ComparedRuns, 'gates'>): Section {
  return {
    type: 'pairs',
    title: `Comparison of ${base.execution.task_name}`,
    pairs: [
      ['base', runText(base)],
      ['head', runText(head)],
      ...(areRehearsals(base, head) ? [['costs', 'simulated: what the named models would have cost'] as const] : []),
      ...comparison.objections.map((text) => ['not judged', { text, tone: 'bad' }] as const),
      ...(comparison.caution === undefined
        ? []
        : [['no verdict', { text: comparison.caution, tone: 'warning' }] as const]),
    ],
  }
}

function areRehearsals(...runs: readonly Metadata[]): boolean {
  return runs.every(({ aggregate_statistics: { cost } }) => cost.status === 'simulated')
}

function runText(run: Metadata): string {
  const parts = [
    run.run_id?.slice(0, 8),
    statusOf(run),
    formatDateTime(run.execution.timing.start_time),
    gitTextOf(run),
  ]
  return parts.filter((part) => part).join(', ')
}

function beforehandSection({ beforehand }: Comparison): Section | undefined {
  return tableSection({
    title: 'Not alike from the start',
    rows: beforehand,
    columns: [
      {
        title: 'what',
        align: 'left',
        value: ({ what, isGrave }) => (isGrave ? { text: what, tone: 'warning' } : what),
      },
      { title: 'base', align: 'left', isWhole: true, value: ({ base }) => base },
      { title: 'head', align: 'left', isWhole: true, value: ({ head }) => head },
    ],
  })
}

const differenceColumns: readonly ColumnDefinition<FigureDifference>[] = [
  { title: 'base', value: (figure) => figureTexts(figure).base, dropOrder: 1 },
  { title: 'head', value: (figure) => figureTexts(figure).head },
  { title: 'difference', value: differenceText, dropOrder: 2 },
  { title: 'change', value: exactChange },
  { title: 'verdict', align: 'left', isWhole: true, value: verdictCell, dropOrder: 3 },
  { title: '95% interval', align: 'left', isWhole: true, value: intervalText, dropOrder: 4 },
]

/** A figure in both runs; what is not known whole is at least so much. */
export function figureTexts({ unit, base, head, baseAtLeast, headAtLeast }: FigureDifference) {
  return { base: figureText(unit, base, baseAtLeast), head: figureText(unit, head, headAtLeast) }
}

/** The change of a figure that is known in both runs; a dash where it is not. */
export function exactChange({ change, difference }: Pick<FigureDifference, 'change' | 'difference'>): string {
  return difference === 0 ? '±0%' : formatChange(change)
}

/** True where a run says something of a figure: one that is 0 or unknown in both says nothing. */
export function hasNews({ base, head }: Pick<FigureDifference, 'base' | 'head'>): boolean {
  return Boolean(base) || Boolean(head)
}

function figureText(unit: FigureUnit, value: number | undefined, atLeast: number | undefined): string {
  return value === undefined && atLeast !== undefined ? `≥ ${formatFigure(unit, atLeast)}` : formatFigure(unit, value)
}

function totalsSection({ totals }: Comparison): Section | undefined {
  return tableSection({
    title: 'Totals',
    notes: intervalNotes(totals),
    rows: totals.filter((figure) => hasNews(figure) || isCostReason(figure.reason)),
    columns: [{ title: 'figure', align: 'left', isWhole: true, value: ({ title }) => title }, ...differenceColumns],
  })
}

const methods: Record<DifferenceInterval['method'], string> = {
  paired: 'a bootstrap of the records, those of both runs in pairs',
  unpaired: 'a bootstrap of the records of each run',
  spread: 'mean and deviation in the files, because a run has no ledger',
}

function intervalNotes(totals: readonly FigureDifference[]): string[] | undefined {
  const used = new Set(totals.flatMap(({ interval }) => interval?.method ?? []))
  if (used.size === 0) return undefined
  return [
    `95% intervals are from ${[...used].map((method) => methods[method]).join(', or from ')}. Around 0 it is noise.`,
  ]
}

interface PartRow {
  readonly label: string
  readonly figure: FigureDifference
}

function partsSection(
  title: string,
  kind: string,
  parts: readonly PartDifference[],
  names: readonly string[],
): Section | undefined {
  const rows = parts.flatMap(({ name, isIn, figures }): PartRow[] => {
    const shown = figures.filter((figure) => names.includes(figure.name) && hasNews(figure))
    const label = isIn === 'both' ? name : `${name} (${isIn} only)`
    return shown.map((figure, index) => ({ label: index === 0 ? label : '', figure }))
  })
  return tableSection<PartRow>({
    title,
    rows,
    columns: [
      { title: kind, align: 'left', value: ({ label }) => label },
      { title: 'figure', align: 'left', isWhole: true, value: ({ figure }) => figure.title },
      ...differenceColumns.map((column) => ({ ...column, value: ({ figure }: PartRow) => column.value(figure) })),
    ],
  })
}

function codesSection({ responseCodes }: Comparison): Section | undefined {
  return tableSection({
    title: 'Responses',
    rows: responseCodes,
    columns: [
      { title: 'code', align: 'left', value: ({ code }) => code },
      { title: 'meaning', align: 'left', value: ({ code }) => meaningOfCode(code), dropOrder: 1 },
      { title: 'base', value: ({ base }) => formatCount(base) },
      { title: 'head', value: ({ head }) => formatCount(head) },
      { title: 'difference', value: ({ base, head }) => signed(head - base, formatCount(Math.abs(head - base))) },
    ],
  })
}

function gatesSection(gates: readonly GateResult[]): Section | undefined {
  return tableSection({
    title: 'Gates',
    rows: gates,
    columns: [
      { title: 'gate', align: 'left', isWhole: true, value: ({ gate }) => gate },
      {
        title: 'result',
        align: 'left',
        value: ({ passed }) => (passed ? { text: 'passed', tone: 'good' } : { text: 'broken', tone: 'bad' }),
      },
      { title: 'why', align: 'left', isWhole: true, value: ({ reason }) => reason },
    ],
  })
}

// An unknown cost must not vanish from the table as if there were none.
function isCostReason(reason: string | undefined): boolean {
  return reason?.includes('price') ?? false
}

function differenceText({ unit, difference }: FigureDifference): string | undefined {
  if (difference === undefined) return undefined
  // The difference of two shares is not a share of anything: in points of a hundred.
  const amount = Math.abs(difference)
  const text =
    unit === 'share' ? `${formatFigure('share', amount).replace('%', '')} points` : formatFigure(unit, amount)
  return signed(difference, text)
}

function signed(difference: number, text: string): string {
  if (difference === 0) return '±0'
  return `${difference > 0 ? '+' : '-'}${text}`
}

/** How good a verdict is. */
export const verdictTones: Record<Verdict, Tone | undefined> = {
  better: 'good',
  worse: 'bad',
  same: 'faint',
  noise: 'faint',
  none: undefined,
}

function verdictCell({ verdict, reason }: FigureDifference): Cell | undefined {
  if (reason !== undefined) return { text: reason, tone: 'warning' }
  const tone = verdictTones[verdict]
  return tone === undefined ? undefined : { text: verdict, tone }
}

function intervalText({ interval, unit }: FigureDifference): string | undefined {
  if (interval === undefined) return undefined
  const [from, to] = [interval.from, interval.to].map((end) => signed(end, formatFigure(unit, Math.abs(end))))
  return `${from} to ${to}`
}

/** Two runs side by side for the terminal; nothing is wider than `columns`. */
export function renderComparison(compared: ComparedRuns, options: RenderOptions): string {
  return renderSections(comparisonSections(compared), options)
}

/** Two runs side by side as Markdown, for a pull request. */
export function renderComparisonMarkdown(compared: ComparedRuns): string {
  return renderSectionsMarkdown(comparisonSections(compared))
}
