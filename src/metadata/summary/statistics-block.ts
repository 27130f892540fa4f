import type { LatencySketch, LatencyStatistics } from '../schema.ts'
import type { Distribution } from '../statistics/distribution.ts'
import { sketchAccuracy } from '../statistics/quantile-sketch.ts'
import { roundedSeconds } from '../statistics/rounding.ts'

/** `latency_statistics`: in seconds with 3 digits, of a distribution of microseconds. */
export function latencyBlock(distribution: Distribution): LatencyStatistics {
  return statisticsBlock(distribution, roundedSeconds)
}

/** The eight statistics in the order of the format, each brought into the file's unit. */
export function statisticsBlock(distribution: Distribution, convert: (value: number) => number): LatencyStatistics {
  const statistics = distribution.statistics()
  return {
    min: convert(statistics.min),
    max: convert(statistics.max),
    mean: convert(statistics.mean),
    median: convert(statistics.median),
    std_dev: convert(statistics.standardDeviation),
    p50: convert(statistics.p50),
    p95: convert(statistics.p95),
    p99: convert(statistics.p99),
  }
}

/** `latency_sketch`: the distribution in a form that files can be merged by. */
export function sketchBlock(distribution: Distribution): LatencySketch {
  const state = distribution.sketchState()
  return {
    relative_accuracy: sketchAccuracy,
    unit: 'microseconds',
    count: state.count,
    sum: state.sum,
    min: state.min,
    max: state.max,
    zero_count: state.zeroCount,
    // One string, because an array would take a line of the file for each number.
    bins: state.bins.map(([index, count]) => `${index}:${count}`).join(' '),
  }
}

/** Counts by kind as an object; kinds that are whole numbers come in ascending order. */
export function countsBlock(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}
