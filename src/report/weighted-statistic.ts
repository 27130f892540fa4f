import type { RunSamples, Sample } from './run-samples.ts'

/** What is asked of the values of a run. */
export interface SampleQuestion {
  /** Name of the sample. */
  readonly sample: string
  readonly statistic: 'sum' | 'mean' | 'p50' | 'p95' | 'p99'
  /** Divides the sum by how many values this other sample has. */
  readonly per?: string
}

/** The values in ascending order with their records: what a percentile needs, and no hindrance to a sum. */
export interface PreparedValues {
  readonly statistic: SampleQuestion['statistic']
  readonly recordCount: number
  readonly values: Float64Array
  readonly records: Uint32Array
  /** Records of the sample that divides, value by value. */
  readonly per?: Uint32Array
}

/** Makes the values ready to be asked many times; undefined when the run has none. */
export function prepareValues(
  samples: RunSamples,
  { sample: name, statistic, per }: SampleQuestion,
): PreparedValues | undefined {
  const sample = samples.sample(name)
  const divisor = per === undefined ? undefined : samples.sample(per)
  if (sample === undefined || (per !== undefined && divisor === undefined)) return undefined
  const recordCount = new Set(sample.records).size
  return { statistic, recordCount, ...sorted(sample), ...(divisor && { per: Uint32Array.from(divisor.records) }) }
}

function sorted({ values, records }: Sample): { readonly values: Float64Array; readonly records: Uint32Array } {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  return {
    values: Float64Array.from(order, (index) => values[index] ?? 0),
    records: Uint32Array.from(order, (index) => records[index] ?? 0),
  }
}

/** The statistic when each record counts as often as its weight says; undefined when nothing is left. */
export function statisticOf(prepared: PreparedValues, weights: Uint32Array): number | undefined {
  const { statistic, values, records, per } = prepared
  let weight = 0
  let sum = 0
  for (let index = 0; index < values.length; index += 1) {
    const times = weights[records[index] ?? 0] ?? 0
    weight += times
    sum += times * (values[index] ?? 0)
  }
  if (per !== undefined) {
    const divisor = per.reduce((total, record) => total + (weights[record] ?? 0), 0)
    return divisor > 0 ? sum / divisor : undefined
  }
  switch (statistic) {
    case 'sum':
      return sum
    case 'mean':
      return weight > 0 ? sum / weight : undefined
    case 'p50':
      return quantileOf(prepared, weights, 0.5 * (weight - 1))
    case 'p95':
      return quantileOf(prepared, weights, 0.95 * (weight - 1))
    case 'p99':
      return quantileOf(prepared, weights, 0.99 * (weight - 1))
    default:
      return statistic satisfies never
  }
}

/** By linear interpolation at a position among the drawn values, as in the file. */
function quantileOf({ values, records }: PreparedValues, weights: Uint32Array, position: number): number | undefined {
  if (position < 0) return undefined
  const below = Math.floor(position)
  let seen = 0
  let lower: number | undefined
  for (let index = 0; index < values.length; index += 1) {
    seen += weights[records[index] ?? 0] ?? 0
    const value = values[index] ?? 0
    if (lower === undefined && seen > below) lower = value
    if (lower !== undefined && seen > below + 1) return lower + (value - lower) * (position - below)
  }
  return lower
}
