import type { LatencySketch } from '../../metadata/schema.ts'
import { latencyBounds } from '../latency-bounds.ts'

/** How many values are not above each bound, from the bins of a distribution: a value within 1 % of a bound may be on either side. */
export function cumulativeCounts({ bins, zero_count, relative_accuracy }: LatencySketch): readonly number[] {
  const gamma = (1 + relative_accuracy) / (1 - relative_accuracy)
  const counts = latencyBounds.map(() => zero_count)
  for (const bin of bins === '' ? [] : bins.split(' ')) {
    const [index = 0, count = 0] = bin.split(':').map(Number)
    const seconds = (2 * gamma ** index) / (gamma + 1) / 1e6
    latencyBounds.forEach((bound, position) => {
      if (seconds <= bound) counts[position] = (counts[position] ?? 0) + count
    })
  }
  return counts
}
