import { isWhole } from '../../metadata/cost.ts'
import type { Metadata } from '../../metadata/schema.ts'
import type { RunRow } from '../runs/run-row.ts'
import { formatCount, formatPercent, formatQuantity, formatSeconds } from '../text/format-values.ts'
import type { Cell, Tone } from '../text/section.ts'
import { errorName } from './error-meaning.ts'
import { costOfRun, sentWithoutCost } from './run-cost.ts'

/** A part of a sentence, and what it rests on where that can be looked at. */
export interface VerdictPhrase {
  readonly text: string
  readonly tone?: Tone
  readonly evidence?: Evidence
}

/** Where the evidence of a phrase is: a part of what is shown of the run, or the run that it was compared with. */
export type Evidence =
  | { readonly type: 'failed-records'; readonly error?: string }
  | { readonly type: 'failed-attempts' }
  | { readonly type: 'truncated-records' }
  | { readonly type: 'timeline' }
  | { readonly type: 'cost' }
  | { readonly type: 'node'; readonly node: string }
  | { readonly type: 'model'; readonly model: string }
  | { readonly type: 'not-understood' }
  | { readonly type: 'compare'; readonly run: string }

/** One thing that can be said of a run. */
export type VerdictSentence = readonly VerdictPhrase[]

/** What is needed of the run before, to say what has changed since. */
export type PreviousRun = Pick<RunRow, 'path' | 'durationSeconds' | 'records' | 'failedRecords' | 'cost'>

const shownErrors = 3
/** A change that is smaller may well be chance. */
const notableChange = 0.2
/** Where a node has less than this of the cost, no node stands out. */
const dominantShare = 0.4

/**
 * What is to be said of a run in a few sentences: what failed and by what, what was waited for, where the money went, what
 * has changed since the run before.
 */
export function verdictOf(metadata: Metadata, previous?: PreviousRun): readonly VerdictSentence[] {
  const sentences = [
    outcome(metadata),
    waits(metadata),
    mostOfTheCost(metadata),
    unknownCosts(metadata),
    ...withoutCost(metadata),
    truncations(metadata),
    notUnderstood(metadata),
    ...(previous === undefined ? [] : [sincePrevious(metadata, previous)]),
  ]
  return sentences.filter((sentence) => sentence !== undefined)
}

/** The sentences as one line of text, with the gravest tone among them. */
export function verdictCell(sentences: readonly VerdictSentence[]): Cell | undefined {
  if (sentences.length === 0) return undefined
  const text = sentences.map((sentence) => sentence.map((phrase) => phrase.text).join('')).join(' · ')
  const tone = gravestTone(sentences.flat())
  return tone === undefined ? text : { text, tone }
}

/** The gravest tone among phrases; undefined where none has one. */
export function gravestTone(phrases: readonly VerdictPhrase[]): Tone | undefined {
  return (['bad', 'warning', 'good'] as const).find((tone) => phrases.some((phrase) => phrase.tone === tone))
}

function outcome({ aggregate_statistics: totals }: Metadata): VerdictSentence | undefined {
  const { records, requests, calls } = totals
  if (records.total_processed > 0) {
    const all = formatQuantity(records.total_processed, 'record')
    if (records.total_failed === 0) return [{ text: `${all}, none failed`, tone: 'good' }]
    const evidence = { type: 'failed-records' } as const
    const text = `${formatCount(records.total_failed)} of ${all} failed`
    return [{ text, tone: 'bad', evidence }, ...errorPhrases(records.error_types)]
  }
  if (requests.total_requests === 0) return undefined
  const failed = calls?.failed ?? requests.total_failures
  const all = formatQuantity(calls?.total ?? requests.total_requests - requests.total_retries, 'call')
  if (failed === 0) return [{ text: `${all}, none failed`, tone: 'good' }]
  return [{ text: `${formatCount(failed)} of ${all} failed`, tone: 'bad', evidence: { type: 'failed-attempts' } }]
}

/** `: 502 × 12, 503 × 10, 429 × 6 and 2 other kinds`. */
function errorPhrases(types: Readonly<Record<string, number>> = {}): VerdictPhrase[] {
  const sorted = Object.entries(types).sort(([, a], [, b]) => b - a)
  const others = sorted.length - shownErrors
  return [
    ...sorted.slice(0, shownErrors).flatMap(([error, count], index): VerdictPhrase[] => [
      { text: index === 0 ? ': ' : ', ' },
      {
        text: `${errorName(error)} × ${formatCount(count)}`,
        tone: 'bad',
        evidence: { type: 'failed-records', error },
      },
    ]),
    ...(others > 0
      ? [
          {
            text: ` and ${formatQuantity(others, 'other kind')}`,
            evidence: { type: 'failed-attempts' },
          } satisfies VerdictPhrase,
        ]
      : []),
  ]
}

/** Waits that matter beside the time that the run took. */
function waits({ execution, aggregate_statistics: { requests } }: Metadata): VerdictSentence | undefined {
  const { retry_wait_seconds = 0 } = requests
  const seconds = execution.timing.duration_seconds ?? 0
  const isWaiting = retry_wait_seconds > Math.max(1, 0.1 * seconds)
  const falls = Object.values(execution.concurrency ?? {}).flatMap(({ history, lowest }) => {
    const first = history.find(({ reason }) => reason === 'start')?.limit ?? history[0]?.limit
    return first !== undefined && lowest !== undefined && lowest < first ? [{ first, lowest }] : []
  })
  const deepest = falls.sort((a, b) => a.lowest / a.first - b.lowest / b.first)[0]
  const evidence = { type: 'timeline' } as const
  const phrases: VerdictPhrase[] = [
    ...(isWaiting ? [{ text: `${formatSeconds(retry_wait_seconds)} waiting for retries`, evidence }] : []),
    ...(deepest === undefined ? [] : [{ text: `limit fell ${deepest.first} → ${deepest.lowest}`, evidence }]),
  ].map((phrase) => ({ ...phrase, tone: 'warning' }))
  return joined(phrases)
}

/** The node, or the model where there are no nodes, that most of the money went to, and why. */
function mostOfTheCost(metadata: Metadata): VerdictSentence | undefined {
  const { cost, records } = metadata.aggregate_statistics
  const whole = isWhole(costOfRun(metadata)) ? 'the cost' : 'the known cost'
  const nodes = Object.entries(metadata.nodes).map(([name, node]) => ({
    name,
    node,
    usd: node.cost?.total_cost_usd ?? 0,
  }))
  const [first, second] = nodes.sort((a, b) => b.usd - a.usd)
  if (first !== undefined && second !== undefined && first.usd > 0) {
    const share = first.usd / cost.total_cost_usd
    if (share < dominantShare || second.usd === 0) return undefined
    const { total_executions, model_name } = first.node
    const passes = records.total_processed > 0 ? total_executions / records.total_processed : 0
    const why = [...(model_name ? [model_name] : []), ...(passes > 1.05 ? [`${passes.toFixed(1)} times a record`] : [])]
    const text = `${first.name} is ${formatPercent(rounded(share))} of ${whole}`
    return [
      { text, evidence: { type: 'node', node: first.name } },
      ...(why.length > 0 ? [{ text: ` (${why.join(', ')})` }] : []),
    ]
  }
  const models = Object.entries(metadata.models).sort(([, a], [, b]) => b.cost.total_cost_usd - a.cost.total_cost_usd)
  const [mostExpensive] = models
  if (mostExpensive === undefined || models.length < 2 || cost.total_cost_usd === 0) return undefined
  const [model, { cost: own }] = mostExpensive
  const share = own.total_cost_usd / cost.total_cost_usd
  return share < dominantShare
    ? undefined
    : [{ text: `${model} is ${formatPercent(rounded(share))} of ${whole}`, evidence: { type: 'model', model } }]
}

function unknownCosts({ aggregate_statistics: { cost, requests }, models }: Metadata): VerdictSentence | undefined {
  const unknown = cost.unpriced_requests ?? 0
  if (unknown === 0) return undefined
  const counts = new Map<string, number>()
  for (const { cost: own } of Object.values(models)) {
    for (const { reason, requests: count } of own.unpriced_reasons ?? []) {
      counts.set(reason, (counts.get(reason) ?? 0) + count)
    }
  }
  const [reason] = [...counts].sort(([, a], [, b]) => b - a).map(([text]) => text)
  const text = `the cost of ${formatCount(unknown)} of ${formatQuantity(requests.total_requests, 'request')} is not known`
  return [
    { text, tone: 'warning', evidence: { type: 'cost' } },
    ...(reason === undefined ? [] : [{ text: `: ${reason}` }]),
  ]
}

function withoutCost(metadata: Metadata): VerdictSentence[] {
  return sentWithoutCost(metadata).map((text) => [{ text, tone: 'warning', evidence: { type: 'cost' } }])
}

function truncations({ aggregate_statistics: { waste } }: Metadata): VerdictSentence | undefined {
  const count = waste?.truncated_answers.requests ?? 0
  if (count === 0) return undefined
  const text = `${formatQuantity(count, 'answer')} cut off at the limit of tokens`
  return [{ text, tone: 'warning', evidence: { type: 'truncated-records' } }]
}

function notUnderstood({ not_understood: found }: Metadata): VerdictSentence | undefined {
  if (found === undefined || found.total === 0) return undefined
  const text = `${formatQuantity(found.total, 'call')} not understood and not counted`
  return [{ text, tone: 'warning', evidence: { type: 'not-understood' } }]
}

/** What changed since the run before: time for each record and cost for each that succeeded, where both are known. */
function sincePrevious(metadata: Metadata, previous: PreviousRun): VerdictSentence | undefined {
  const { aggregate_statistics: totals, execution, status } = metadata
  if (status === 'running') return undefined
  const evidence = { type: 'compare', run: previous.path } as const
  const { records } = totals
  // Where nothing succeeded, there is nothing to be held against.
  if (isVain(records.total_processed, records.total_failed) || isVain(previous.records, previous.failedRecords))
    return undefined
  const per = records.total_processed > 0 && previous.records > 0
  const time = ratioOf(
    [execution.timing.duration_seconds ?? undefined, per ? records.total_processed : 1],
    [previous.durationSeconds, per ? previous.records : 1],
  )
  const money = isWhole(costOfRun(metadata)) && isWhole(previous.cost) && totals.cost.status === previous.cost.status
  const cost = money
    ? ratioOf(
        [totals.cost.total_cost_usd, per ? records.total_processed - records.total_failed : 1],
        [previous.cost.total_cost_usd, per ? previous.records - previous.failedRecords : 1],
      )
    : undefined
  const unit = per ? ' per record' : ''
  const phrases = [
    ...(time === undefined ? [] : [changeText(time, { more: `longer${unit}`, less: `shorter${unit}` })]),
    ...(cost === undefined ? [] : [changeText(cost, { more: `more expensive${unit}`, less: `cheaper${unit}` })]),
  ].flatMap((text) => text ?? [])
  if (phrases.length === 0) {
    return time === undefined ? undefined : [{ text: 'much like the run before', evidence }]
  }
  return [{ text: `${phrases.join(', ')} than the run before`, evidence }]
}

function isVain(all: number, failed: number): boolean {
  return all > 0 && failed === all
}

function ratioOf(
  [amount, count]: readonly [number | undefined, number],
  [base, baseCount]: readonly [number | undefined, number],
): number | undefined {
  if (!amount || !base || count === 0 || baseCount === 0) return undefined
  return amount / count / (base / baseCount)
}

/** `15 × longer`, `23% cheaper`; undefined for what is nearly the same. */
function changeText(
  ratio: number,
  { more, less }: { readonly more: string; readonly less: string },
): string | undefined {
  if (Math.abs(ratio - 1) < notableChange) return undefined
  if (ratio >= 2) return `${ratio >= 10 ? ratio.toFixed(0) : Number(ratio.toFixed(1))} × ${more}`
  if (ratio > 1) return `${formatPercent(rounded(ratio - 1))} ${more}`
  return `${formatPercent(rounded(1 - ratio))} ${less}`
}

function joined(phrases: readonly VerdictPhrase[]): VerdictSentence | undefined {
  if (phrases.length === 0) return undefined
  return phrases.flatMap((phrase, index) => (index === 0 ? [phrase] : [{ text: ', ' }, phrase]))
}

function rounded(share: number): number {
  return Math.round(share * 100) / 100
}
