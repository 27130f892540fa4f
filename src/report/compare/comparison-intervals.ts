import type { Metadata } from '../../metadata/schema.ts'
import { bootstrapIntervals, type DifferenceInterval, type SampleQuestion } from './bootstrap.ts'
import { dataHashOf } from './compare-conditions.ts'
import { type RunSamples, samplesOfFile } from './run-samples.ts'

/** The single values of two runs, from their ledgers; undefined where a run has none. */
export interface ComparedSamples {
  readonly base?: RunSamples
  readonly head?: RunSamples
}

/** Intervals by the path of a figure: `p95`, `models.NAME.total_cost`, `nodes.NAME.p50`. */
export type ComparisonIntervals = ReadonlyMap<string, DifferenceInterval>

/** The intervals of all differences of latency and cost between two runs. */
export function comparisonIntervals(base: Metadata, head: Metadata, samples: ComparedSamples): ComparisonIntervals {
  const questions = new Map<string, SampleQuestion>([
    ...questionsOfRun,
    ...namesInBoth(base.models, head.models).flatMap((name) => questionsOfModel(name)),
    ...namesInBoth(base.nodes, head.nodes).flatMap((name) => questionsOfNode(name)),
  ])
  const from = samples.base ?? samplesOfFile(base)
  const to = samples.head ?? samplesOfFile(head)
  // In other data, the same id is another record.
  const arePaired = dataHashOf(base) === dataHashOf(head)
  const answers = bootstrapIntervals(from, to, { questions: [...questions.values()], arePaired })
  const found = [...questions.keys()].flatMap((path, index) => {
    const interval = answers[index]
    return interval === undefined ? [] : [[path, interval] as const]
  })
  return new Map([...spreads(base, head), ...found])
}

const percentiles = ['p50', 'p95', 'p99'] as const

const questionsOfRun: readonly (readonly [string, SampleQuestion])[] = [
  ['total_cost', { sample: 'cost', statistic: 'sum' }],
  ['cost_per_record', { sample: 'record cost', statistic: 'mean' }],
  ['seconds_per_record', { sample: 'record time', statistic: 'mean' }],
  ...percentiles.map((statistic) => [statistic, { sample: 'latency', statistic }] as const),
]

function questionsOfModel(name: string): (readonly [string, SampleQuestion])[] {
  const prefix = `models.${name}`
  return [
    [`${prefix}.total_cost`, { sample: `${prefix}.cost`, statistic: 'sum' }],
    [`${prefix}.cost_per_request`, { sample: `${prefix}.cost`, statistic: 'mean' }],
    ...percentiles.map((statistic) => [`${prefix}.${statistic}`, { sample: `${prefix}.latency`, statistic }] as const),
  ]
}

function questionsOfNode(name: string): (readonly [string, SampleQuestion])[] {
  const prefix = `nodes.${name}`
  return [
    [`${prefix}.total_cost`, { sample: `${prefix}.cost`, statistic: 'sum' }],
    [`${prefix}.cost_per_execution`, { sample: `${prefix}.cost`, statistic: 'sum', per: `${prefix}.latency` }],
    ...percentiles.map((statistic) => [`${prefix}.${statistic}`, { sample: `${prefix}.latency`, statistic }] as const),
  ]
}

function namesInBoth(base: object, head: object): string[] {
  return Object.keys(base).filter((name) => Object.hasOwn(head, name))
}

function spreads(base: Metadata, head: Metadata): (readonly [string, DifferenceInterval])[] {
  const cost = differenceOfMeans(base, head, 'cost_per_record')
  const time = differenceOfMeans(base, head, 'latency_per_record')
  return [
    ...(cost === undefined ? [] : [['cost_per_record', cost] as const]),
    ...(time === undefined ? [] : [['seconds_per_record', time] as const]),
  ]
}

const ninetyFivePercent = 1.96
// With fewer records the spread itself is a guess.
const minRecords = 5
/** The file rounds USD to a millionth and seconds to a thousandth, so that a spread may be rounded away. */
const roundingError = { cost_per_record: 5e-7, latency_per_record: 5e-4 } as const

/** The interval of head less base from the files alone, by Welch: the two runs may differ in size and in spread. */
export function differenceOfMeans(
  base: Metadata,
  head: Metadata,
  key: 'cost_per_record' | 'latency_per_record',
): DifferenceInterval | undefined {
  const from = sampleOf(base, key)
  const to = sampleOf(head, key)
  if (from === undefined || to === undefined) return undefined
  const half = ninetyFivePercent * Math.sqrt(from.squaredError + to.squaredError)
  const difference = to.mean - from.mean
  return { from: difference - half, to: difference + half, method: 'spread' }
}

function sampleOf({ aggregate_statistics }: Metadata, key: keyof typeof roundingError) {
  const statistics = aggregate_statistics[key]
  const count = aggregate_statistics.records.total_processed
  if (statistics === undefined || statistics.max === 0 || count < minRecords) return undefined
  const deviation = statistics.std_dev + roundingError[key]
  return { mean: statistics.mean, squaredError: deviation ** 2 / count }
}
