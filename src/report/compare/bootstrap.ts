import type { RunSamples, Sample } from './run-samples.ts'

/** Where the true difference of head less base lies with 95 %; an interval around 0 means that it may be chance. */
export interface DifferenceInterval {
  readonly from: number
  readonly to: number
  /**
   * `paired`: a bootstrap in which records that both runs have stay together. `unpaired`: a bootstrap of each run for
   * itself. `spread`: from mean and deviation in the files, where there is no ledger.
   */
  readonly method: 'paired' | 'unpaired' | 'spread'
}

// With fewer records nobody can say how much they vary.
const minRecords = 5
const maxRounds = 1_000
const minRounds = 200
/** Values looked at in all: about a second of work. */
const maxWork = 300_000_000

/** The intervals of differences between two runs, one for each question; undefined where too little is known. */
export function bootstrapIntervals(
  base: RunSamples,
  head: RunSamples,
  { questions, arePaired }: { readonly questions: readonly SampleQuestion[]; readonly arePaired: boolean },
): (DifferenceInterval | undefined)[] {
  const strata = strataOf(base, head, arePaired)
  const sides = questions.map((question) => {
    const [from, to] = [prepareValues(base, question), prepareValues(head, question)]
    if (from === undefined || to === undefined) return undefined
    return Math.min(from.recordCount, to.recordCount) < minRecords
      ? undefined
      : { from, to, differences: [] as number[] }
  })
  const answerable = sides.filter((side) => side !== undefined)
  const work = answerable.reduce((sum, { from, to }) => sum + from.values.length + to.values.length, 0)
  const rounds = Math.round(Math.min(maxRounds, Math.max(minRounds, maxWork / Math.max(1, work))))
  const random = createRandom()
  const weights = { base: new Uint32Array(base.recordCount), head: new Uint32Array(head.recordCount) }
  for (let round = 0; round < rounds && answerable.length > 0; round += 1) {
    draw(strata, weights, random)
    for (const { from, to, differences } of answerable) {
      const [baseValue, headValue] = [statisticOf(from, weights.base), statisticOf(to, weights.head)]
      if (baseValue !== undefined && headValue !== undefined) differences.push(headValue - baseValue)
    }
  }
  const method = strata.pairs.length > 0 ? 'paired' : 'unpaired'
  return sides.map((side) => side && intervalOf(side.differences, method))
}

/** Records in both runs, and those in one: each kind is drawn for itself, so that every round has as many as the runs. */
interface Strata {
  readonly pairs: readonly (readonly [base: number, head: number])[]
  readonly baseOnly: readonly number[]
  readonly headOnly: readonly number[]
}

function strataOf(base: RunSamples, head: RunSamples, arePaired: boolean): Strata {
  const pairs: [number, number][] = []
  const [inBase, inHead] = [new Set<number>(), new Set<number>()]
  for (const [id, baseNumber] of arePaired ? base.records : []) {
    const headNumber = head.records.get(id)
    if (headNumber === undefined) continue
    pairs.push([baseNumber, headNumber])
    inBase.add(baseNumber)
    inHead.add(headNumber)
  }
  const others = (count: number, paired: ReadonlySet<number>) =>
    Array.from({ length: count }, (_, number) => number).filter((number) => !paired.has(number))
  return { pairs, baseOnly: others(base.recordCount, inBase), headOnly: others(head.recordCount, inHead) }
}

interface Weights {
  readonly base: Uint32Array
  readonly head: Uint32Array
}

function draw({ pairs, baseOnly, headOnly }: Strata, { base, head }: Weights, random: () => number): void {
  base.fill(0)
  head.fill(0)
  for (let count = 0; count < pairs.length; count += 1) {
    const [baseNumber = 0, headNumber = 0] = pairs[Math.floor(random() * pairs.length)] ?? []
    base[baseNumber] = (base[baseNumber] ?? 0) + 1
    head[headNumber] = (head[headNumber] ?? 0) + 1
  }
  drawAlone(baseOnly, base, random)
  drawAlone(headOnly, head, random)
}

function drawAlone(numbers: readonly number[], weights: Uint32Array, random: () => number): void {
  for (let count = 0; count < numbers.length; count += 1) {
    const number = numbers[Math.floor(random() * numbers.length)] ?? 0
    weights[number] = (weights[number] ?? 0) + 1
  }
}

function intervalOf(differences: number[], method: DifferenceInterval['method']): DifferenceInterval | undefined {
  if (differences.length < minRounds / 2) return undefined
  differences.sort((a, b) => a - b)
  const at = (share: number) => differences[Math.round(share * (differences.length - 1))] ?? 0
  return { from: at(0.025), to: at(0.975), method }
}

/** The same numbers each time, so that the same two runs are compared alike (mulberry32). */
function createRandom(): () => number {
  let state = 0x5f3759df
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

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
