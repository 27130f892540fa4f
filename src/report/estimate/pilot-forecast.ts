/** An amount of the whole, and the interval that holds it in 8 of 10 runs. */
export interface Forecast {
  readonly value: number
  readonly from: number
  readonly to: number
}

export interface Sample {
  /** What each record of the pilot came to. */
  readonly values: readonly number[]
  /** Records that are left. */
  readonly left: number
}

/**
 * What all records come to together, told from those of a pilot: a t-interval for the sum of those that are left, which vary
 * themselves, beside what is known. It holds as far as the others are like them. Undefined with fewer than two records.
 */
export function forecastSum({ values, left }: Sample): Forecast | undefined {
  const statistics = meanAndDeviation(values)
  if (statistics === undefined) return undefined
  const { mean, deviation, sum } = statistics
  const value = sum + left * mean
  const half = tOf(values) * deviation * Math.sqrt(left + left ** 2 / values.length)
  return { value, from: Math.max(sum, value - half), to: value + half }
}

/**
 * How long the whole takes when so many records are in work at once: what the pilot took, and the others one after the other
 * in so many rows. A t-interval for their mean.
 */
export function forecastSeconds(
  sample: Sample,
  { tookSeconds, atOnce }: { readonly tookSeconds: number; readonly atOnce: number },
): Forecast | undefined {
  const statistics = meanAndDeviation(sample.values)
  if (statistics === undefined) return undefined
  const { mean, deviation } = statistics
  const perRecord = 1 / Math.max(1, Math.min(atOnce, sample.left))
  const secondsFor = (seconds: number) => tookSeconds + Math.max(0, seconds) * sample.left * perRecord
  const half = tOf(sample.values) * deviation * Math.sqrt(1 / sample.values.length + 1 / Math.max(1, sample.left))
  return { value: secondsFor(mean), from: secondsFor(mean - half), to: secondsFor(mean + half) }
}

function tOf(values: readonly number[]): number {
  return eightyPercentOfStudent(values.length - 1)
}

function meanAndDeviation(values: readonly number[]) {
  if (values.length < 2) return undefined
  const sum = values.reduce((total, value) => total + value, 0)
  const mean = sum / values.length
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0)
  return { sum, mean, deviation: Math.sqrt(squares / (values.length - 1)) }
}

/** Upper end of the interval around 0 that holds 80 % of a normal distribution. */
const normal = 1.2815515655

/**
 * The same for Student's distribution with so many degrees of freedom: the first two exactly, the others by Cornish and
 * Fisher's expansion, right to 0.002.
 */
export function eightyPercentOfStudent(degrees: number): number {
  if (degrees <= 1) return Math.tan(Math.PI * 0.4)
  if (degrees === 2) return 0.8 * Math.sqrt(2 / (4 * 0.9 * 0.1))
  const z = normal
  const first = (z ** 3 + z) / 4
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3
}
