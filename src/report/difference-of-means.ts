import type { Metadata } from '../metadata/schema.ts'
import type { DifferenceInterval } from './bootstrap.ts'

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
