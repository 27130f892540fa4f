import { picodollarsPerUsd } from '../../metadata/cost.ts'
import type { MetadataEvent } from '../../metadata/event.ts'
import { totalTokensOf } from '../../metadata/usage.ts'
import { formatCount, formatQuantity, formatSeconds, formatUsd } from '../text/format-values.ts'
import type { Cell, Section } from '../text/section.ts'
import { tableSection } from '../text/section.ts'
import type { Explanation, RestingLines } from './explain.ts'
import { plainNumber } from './formula-text.ts'
import type { RestingLine } from './reducer.ts'

/** What is shown of an explanation: the figure, what it means, how it comes about, and the lines it rests on. */
export function explanationSections(explanation: Explanation, ledger: string | undefined): Section[] {
  const { path, definition } = explanation
  return [
    {
      type: 'pairs',
      title: path.join('.'),
      pairs: [
        ['is', plainNumber(explanation.value)],
        ...definition.map((text, index) => [index === 0 ? 'means' : '', text] as const),
        ...formulaPairs(explanation),
        ...explanation.without.map((text, index) => [index === 0 ? 'without' : '', { text, tone: 'warning' }] as const),
        ...(ledger === undefined ? [noLedger] : [['ledger', ledger] as const]),
      ],
    },
    ...explanation.lines.flatMap((lines) => linesSection(lines) ?? []),
  ]
}

const noLedger = ['ledger', 'none: what is counted from its lines cannot be shown'] as const

function formulaPairs({ formula, numbers, result, rounding, agrees }: Explanation): (readonly [string, Cell])[] {
  if (formula === undefined) return [['formula', { text: 'not known to this version', tone: 'warning' }]]
  return [
    ['formula', formula],
    ...(numbers === undefined ? [] : [['with numbers', numbers] as const]),
    ...(result === undefined ? [] : [['comes to', resultText(result, rounding)] as const]),
    ...(agrees === false ? [disagreement] : []),
  ]
}

const disagreement = [
  'but',
  {
    text: 'that is not what the file says: it was written at another moment, or lines of the ledger are missing',
    tone: 'warning',
  },
] as const

function resultText(result: number, rounding: string | undefined): string {
  return rounding === undefined ? plainNumber(result) : `${plainNumber(result)}; ${rounding}`
}

function linesSection({ what, count, shown }: RestingLines): Section | undefined {
  const hidden = count - shown.length
  return tableSection<RestingLine>({
    title: `${formatQuantity(count, 'line')}: ${what}`,
    ...(hidden > 0 ? { notes: [`The first ${formatCount(shown.length)}; --lines 0 shows all.`] } : {}),
    rows: shown,
    columns: [
      { title: 'ledger', align: 'left', value: ({ worker }) => worker },
      { title: 'line', value: ({ lineNumber }) => String(lineNumber) },
      { title: 'event', align: 'left', value: ({ event }) => event.type, dropOrder: 2 },
      { title: 'record', align: 'left', value: ({ event }) => textOf(event, 'recordId') },
      { title: 'node', align: 'left', value: ({ event }) => textOf(event, 'node'), dropOrder: 4 },
      { title: 'model', align: 'left', value: ({ event }) => textOf(event, 'model'), dropOrder: 5 },
      { title: 'status', value: ({ event }) => statusOf(event), dropOrder: 6 },
      { title: 'time', value: ({ event }) => secondsOf(event), dropOrder: 3 },
      { title: 'tokens', value: ({ event }) => tokensOf(event), dropOrder: 7 },
      { title: 'cost', value: ({ event }) => costOf(event), dropOrder: 8 },
      { title: 'adds', value: ({ value }) => plainNumber(value) },
    ],
  })
}

function textOf(event: MetadataEvent, key: 'recordId' | 'node' | 'model'): string | undefined {
  const value: unknown = Reflect.get(event, key)
  return typeof value === 'string' ? value : undefined
}

function statusOf(event: MetadataEvent): string | undefined {
  if (event.type === 'request-end') return event.errorType ?? String(event.status)
  if (event.type !== 'node-end' && event.type !== 'record-end') return undefined
  return event.succeeded ? 'succeeded' : (event.errorType ?? 'failed')
}

function secondsOf(event: MetadataEvent): string | undefined {
  const seconds = 'durationSeconds' in event ? event.durationSeconds : undefined
  return seconds === undefined ? undefined : formatSeconds(seconds)
}

function tokensOf(event: MetadataEvent): string | undefined {
  return event.type === 'request-end' && event.usage ? formatCount(totalTokensOf(event.usage)) : undefined
}

function costOf(event: MetadataEvent): string | undefined {
  if (event.type === 'record-end' && event.costPicodollars !== undefined) {
    return formatUsd(event.costPicodollars / picodollarsPerUsd)
  }
  return event.type === 'request-end' && event.cost ? formatUsd(event.cost.picodollars / picodollarsPerUsd) : undefined
}
