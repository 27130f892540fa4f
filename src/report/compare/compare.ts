import type { ActorMetadata, Metadata, ModelMetadata, NodeMetadata } from '../../metadata/schema.ts'
import { isFinished, responseCodesOf, statusOf } from '../run/run-figures.ts'
import type { DifferenceInterval } from './bootstrap.ts'
import { type BeforehandDifference, differencesBeforehand } from './compare-conditions.ts'
import { type ComparedSamples, type ComparisonIntervals, comparisonIntervals } from './comparison-intervals.ts'
import { type DoneWork, doneWorkOf, whyUnjudged } from './done-work.ts'
import type { Figure, FigureUnit, FigureValue, Verdict } from './figure.ts'
import { actorFigures, modelFigures, nodeFigures, runFigures } from './figures.ts'

/** Two runs side by side. */
export interface Comparison {
  /** Why nothing here makes one run better than the other; empty when both ended and made requests. */
  readonly objections: readonly string[]
  /** Why there are no verdicts, although the runs can be compared: too few records. */
  readonly caution?: string
  /** What was not alike from the start: data, prices, configuration. Read it first. */
  readonly beforehand: readonly BeforehandDifference[]
  readonly totals: readonly FigureDifference[]
  readonly models: readonly PartDifference[]
  readonly nodes: readonly PartDifference[]
  readonly agents: readonly PartDifference[]
  readonly tools: readonly PartDifference[]
  readonly responseCodes: readonly { readonly code: string; readonly base: number; readonly head: number }[]
}

/** The differences of a model, a node, an agent or a tool; it may be in one of the runs only. */
export interface PartDifference {
  readonly name: string
  readonly isIn: 'both' | 'base' | 'head'
  readonly figures: readonly FigureDifference[]
}

export interface FigureDifference {
  readonly name: string
  readonly title: string
  readonly unit: FigureUnit
  readonly base?: number
  readonly head?: number
  /** What a figure that is not known is at least. */
  readonly baseAtLeast?: number
  readonly headAtLeast?: number
  /** Head less base. */
  readonly difference?: number
  /** The difference as a share of base; undefined when base is 0. */
  readonly change?: number
  readonly verdict: Verdict
  /** Where the true difference lies with 95 %, for latency and cost. */
  readonly interval?: DifferenceInterval
  /** Why a number or a verdict is missing. */
  readonly reason?: string
}

/** Latencies closer than this are the same: the percentiles of large runs are exact to 1 % only. */
const latencyTolerance = 0.01

/**
 * Compares two runs. A run that did not end, or made no request, is never better than another. With the single values of
 * their ledgers, all differences of latency and cost have an interval; without, only some.
 */
export function compareRuns(base: Metadata, head: Metadata, samples: ComparedSamples = {}): Comparison {
  const objections = [...objectionsTo('base', base), ...objectionsTo('head', head), ...rehearsalObjection(base, head)]
  const caution = objections.length === 0 ? fewRecords(base, head) : undefined
  const areJudged = objections.length === 0 && caution === undefined
  const intervals = comparisonIntervals(base, head, samples)
  const done = doneWorkOf(base, head)
  const actorsIn = (key: 'agents' | 'tools') =>
    partsOf<ActorMetadata>({
      figures: actorFigures,
      base: base[key] ?? {},
      head: head[key] ?? {},
      areJudged,
      done,
      intervals,
      path: `${key}.`,
    })
  return {
    objections,
    ...(caution === undefined ? {} : { caution }),
    beforehand: differencesBeforehand(base, head),
    totals: differencesOf({ figures: runFigures, base, head, areJudged, done, intervals, path: '' }),
    models: partsOf<ModelMetadata>({
      figures: modelFigures,
      base: base.models,
      head: head.models,
      areJudged,
      done,
      intervals,
      path: 'models.',
    }),
    nodes: partsOf<NodeMetadata>({
      figures: nodeFigures,
      base: base.nodes,
      head: head.nodes,
      areJudged,
      done,
      intervals,
      path: 'nodes.',
    }),
    agents: actorsIn('agents'),
    tools: actorsIn('tools'),
    responseCodes: codesOf(base, head),
  }
}

/** Why a run cannot be better than another; empty when it can. */
export function objectionsTo(name: string, run: Metadata): string[] {
  if (!isFinished(run)) return [`${name} is ${statusOf(run)}: it is not judged`]
  if (run.aggregate_statistics.requests.total_requests === 0) return [`${name} made no request: it is not judged`]
  return []
}

/** With fewer records than these a difference is mostly chance. */
const minRecords = 5

/** That one of the runs has too few records for a verdict; of runs without records, such as programs, nothing is said. */
function fewRecords(...runs: readonly Metadata[]): string | undefined {
  const counts = runs.map(({ aggregate_statistics: { records } }) => records.total_processed)
  const fewest = Math.min(...counts)
  if (fewest === 0 || fewest >= minRecords) return undefined
  return `too few records for a verdict: ${counts.join(' and ')}, wanted at least ${minRecords} in each run`
}

/** Why two runs cannot be compared when one is a rehearsal and the other called real models; empty when they are alike. */
export function rehearsalObjection(base: Metadata, head: Metadata): string[] {
  if (isRehearsal(base) === isRehearsal(head)) return []
  return ['one of the runs is a rehearsal, the other called real models: they cannot be compared']
}

function isRehearsal({ aggregate_statistics }: Metadata): boolean {
  return aggregate_statistics.cost.status === 'simulated'
}

interface DifferencesInput<Subject> {
  readonly figures: readonly Figure<Subject>[]
  readonly base: Subject | undefined
  readonly head: Subject | undefined
  readonly areJudged: boolean
  readonly done: DoneWork
  readonly intervals: ComparisonIntervals
  /** What goes before the name of a figure where its interval is kept. */
  readonly path: string
}

function differencesOf<Subject>({ figures, path, intervals, ...input }: DifferencesInput<Subject>) {
  return figures.map((figure) => {
    const interval = intervals.get(`${path}${figure.name}`)
    return differenceOf({ ...input, figure, interval })
  })
}

function differenceOf<Subject>({
  figure,
  base,
  head,
  areJudged,
  done,
  interval,
}: Pick<DifferencesInput<Subject>, 'base' | 'head' | 'areJudged' | 'done'> & {
  readonly figure: Figure<Subject>
  readonly interval: DifferenceInterval | undefined
}): FigureDifference {
  const { name, title, unit } = figure
  const baseValue = base === undefined ? undefined : figure.read(base)
  const headValue = head === undefined ? undefined : figure.read(head)
  const reasons = [baseValue, headValue].flatMap((value) =>
    value !== undefined && 'unknown' in value ? value.unknown : [],
  )
  const from = baseValue !== undefined && 'value' in baseValue ? baseValue.value : undefined
  const to = headValue !== undefined && 'value' in headValue ? headValue.value : undefined
  const common = {
    name,
    title,
    unit,
    base: from,
    head: to,
    ...lowerBoundsOf(baseValue, headValue),
    ...(reasons[0] === undefined ? {} : { reason: reasons[0] }),
  }
  if (from === undefined || to === undefined) return { ...common, verdict: 'none' }
  const difference = to - from
  const change = from === 0 ? (to === 0 ? 0 : undefined) : difference / from
  const verdict = areJudged ? verdictOf({ figure, difference, change, interval }) : 'none'
  const why = whyUnjudged({ name, verdict }, done)
  const judged = why === undefined ? { verdict } : { verdict: 'none' as const, reason: why }
  return { ...common, difference, change, ...judged, ...(interval === undefined ? {} : { interval }) }
}

function lowerBoundsOf(base: FigureValue | undefined, head: FigureValue | undefined) {
  const [baseAtLeast, headAtLeast] = [base, head].map((value) =>
    value !== undefined && 'unknown' in value ? value.atLeast : undefined,
  )
  return {
    ...(baseAtLeast === undefined ? {} : { baseAtLeast }),
    ...(headAtLeast === undefined ? {} : { headAtLeast }),
  }
}

function verdictOf<Subject>({
  figure: { better, unit },
  difference,
  change,
  interval,
}: {
  readonly figure: Figure<Subject>
  readonly difference: number
  readonly change: number | undefined
  readonly interval: DifferenceInterval | undefined
}): Verdict {
  if (difference === 0) return 'same'
  if (better === undefined) return 'none'
  if (interval !== undefined && interval.from <= 0 && interval.to >= 0) return 'noise'
  if (unit === 'seconds' && change !== undefined && Math.abs(change) < latencyTolerance) return 'same'
  return difference < 0 === (better === 'lower') ? 'better' : 'worse'
}

interface PartsInput<Part> {
  readonly figures: readonly Figure<Part>[]
  readonly base: Readonly<Record<string, Part>>
  readonly head: Readonly<Record<string, Part>>
  readonly areJudged: boolean
  readonly done: DoneWork
  readonly intervals: ComparisonIntervals
  readonly path: string
}

function partsOf<Part>({ base, head, path, ...input }: PartsInput<Part>): PartDifference[] {
  const bases = new Map(Object.entries(base))
  const heads = new Map(Object.entries(head))
  return [...new Set([...bases.keys(), ...heads.keys()])].map((name) => {
    const [baseFigures, headFigures] = [bases.get(name), heads.get(name)]
    const isIn = baseFigures === undefined ? 'head' : headFigures === undefined ? 'base' : 'both'
    const common = { ...input, path: `${path}${name}.` }
    return { name, isIn, figures: differencesOf({ ...common, base: baseFigures, head: headFigures }) }
  })
}

function codesOf(base: Metadata, head: Metadata): Comparison['responseCodes'] {
  const [baseCodes, headCodes] = [responseCodesOf(base), responseCodesOf(head)]
  return [...new Set([...baseCodes.keys(), ...headCodes.keys()])]
    .sort((a, b) => Number(a) - Number(b))
    .map((code) => ({ code, base: baseCodes.get(code) ?? 0, head: headCodes.get(code) ?? 0 }))
}
