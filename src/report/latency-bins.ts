import type { LatencySketch } from '../metadata/schema.ts'

/** A distribution of microseconds by DDSketch index; values of 0 are apart, because they have no logarithm. */
export interface LatencyBins {
  readonly relativeAccuracy: number
  readonly counts: ReadonlyMap<number, number>
  readonly zeroCount: number
}

/** The bins of a file's sketch; undefined when it has none that can be read. */
export function readBins(sketch: LatencySketch | undefined): LatencyBins | undefined {
  if (sketch === undefined || sketch.unit !== 'microseconds') return undefined
  const { relative_accuracy, zero_count, bins } = sketch
  if (!(relative_accuracy > 0 && relative_accuracy < 1)) return undefined
  const counts = new Map<number, number>()
  for (const bin of bins.split(' ')) {
    const [index, count] = bin.split(':').map(Number)
    if (index === undefined || count === undefined) continue
    if (Number.isInteger(index) && count > 0) counts.set(index, (counts.get(index) ?? 0) + count)
  }
  if (counts.size === 0 && zero_count === 0) return undefined
  return { relativeAccuracy: relative_accuracy, counts, zeroCount: zero_count }
}

/** Several distributions as one. Bins of another accuracy are brought to that of the first, within its error. */
export function mergeBins(parts: readonly LatencyBins[]): LatencyBins {
  const relativeAccuracy = parts[0]?.relativeAccuracy ?? 0.01
  const counts = new Map<number, number>()
  let zeroCount = 0
  for (const part of parts) {
    zeroCount += part.zeroCount
    for (const [index, count] of part.counts) {
      const target =
        part.relativeAccuracy === relativeAccuracy
          ? index
          : indexOfSeconds(secondsOfBin(index, part.relativeAccuracy), relativeAccuracy)
      counts.set(target, (counts.get(target) ?? 0) + count)
    }
  }
  return { relativeAccuracy, counts, zeroCount }
}

/** The bin of a duration; for durations above 0. */
export function indexOfSeconds(seconds: number, relativeAccuracy: number): number {
  return Math.ceil(Math.log(seconds * 1e6) / Math.log(gammaOf(relativeAccuracy)))
}

/** Ratio between the upper ends of two neighbouring bins. */
export function gammaOf(relativeAccuracy: number): number {
  return (1 + relativeAccuracy) / (1 - relativeAccuracy)
}

/** Seconds that stand for a bin: no value in it is further away than the relative accuracy. */
export function secondsOfBin(index: number, relativeAccuracy: number): number {
  const gamma = gammaOf(relativeAccuracy)
  return ((2 * gamma ** index) / (gamma + 1)) * 1e-6
}
