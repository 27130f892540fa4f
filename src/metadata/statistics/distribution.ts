import { QuantileSketch } from './quantile-sketch.ts'

/** Up to this many values are kept as they are; more are folded into a sketch. */
export const exactLimit = 10_000

/** Statistics over integers, in the unit the integers have; all 0 when there are none. */
export interface Statistics {
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly median: number
  /** Sample standard deviation (n-1); 0 for one value. */
  readonly standardDeviation: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** State of a distribution that can be stored and merged: DDSketch bins by index, and what a sketch alone would lose. */
export interface SketchState {
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
  readonly zeroCount: number
  readonly bins: readonly (readonly [index: number, count: number])[]
}

/**
 * A distribution of integers >= 0 (microseconds, picodollars). Percentiles are exact up to 10,000 values, by linear
 * interpolation on n-1, then within 1 %. Count, sum and standard deviation are exact at any size, and nothing depends on
 * the order of adding or merging. Memory is bounded.
 */
export class Distribution {
  #samples: number[] | undefined = []
  #sketch: QuantileSketch | undefined
  #squares = new ExactSquares()
  #count = 0
  #sum = 0
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY

  get count(): number {
    return this.#count
  }

  get sum(): number {
    return this.#sum
  }

  add(value: number): void {
    this.#count += 1
    this.#sum += value
    this.#squares.add(value)
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
    if (this.#sketch !== undefined) this.#sketch.add(value)
    else this.#keep(value)
  }

  merge(other: Distribution): void {
    this.#count += other.#count
    this.#sum += other.#sum
    this.#squares.merge(other.#squares)
    if (other.#min < this.#min) this.#min = other.#min
    if (other.#max > this.#max) this.#max = other.#max
    if (other.#sketch !== undefined) this.#toSketch().merge(other.#sketch)
    for (const value of other.#samples ?? []) {
      if (this.#sketch !== undefined) this.#sketch.add(value)
      else this.#keep(value)
    }
  }

  statistics(): Statistics {
    if (this.#count === 0) return noStatistics
    const quantile =
      this.#sketch === undefined ? exactQuantile(this.#samples ?? []) : this.#sketchQuantile(this.#sketch)
    const median = quantile(0.5)
    return {
      min: this.#min,
      max: this.#max,
      mean: this.#sum / this.#count,
      median,
      standardDeviation: this.#squares.standardDeviation(this.#count, this.#sum),
      p50: median,
      p95: quantile(0.95),
      p99: quantile(0.99),
    }
  }

  sketchState(): SketchState {
    const sketch = this.#sketch ?? sketchOf(this.#samples ?? [])
    const empty = this.#count === 0
    return {
      count: this.#count,
      sum: this.#sum,
      min: empty ? 0 : this.#min,
      max: empty ? 0 : this.#max,
      zeroCount: sketch.zeroCount,
      bins: sketch.bins(),
    }
  }

  #keep(value: number): void {
    this.#samples?.push(value)
    if (this.#count > exactLimit) this.#toSketch()
  }

  #toSketch(): QuantileSketch {
    if (this.#sketch === undefined) {
      this.#sketch = sketchOf(this.#samples ?? [])
      this.#samples = undefined
    }
    return this.#sketch
  }

  #sketchQuantile(sketch: QuantileSketch): (quantile: number) => number {
    const valueAt = sketch.quantiles()
    return (quantile) => Math.min(this.#max, Math.max(this.#min, valueAt(quantile)))
  }
}

const noStatistics: Statistics = {
  min: 0,
  max: 0,
  mean: 0,
  median: 0,
  standardDeviation: 0,
  p50: 0,
  p95: 0,
  p99: 0,
}

function sketchOf(values: readonly number[]): QuantileSketch {
  const sketch = new QuantileSketch()
  for (const value of values) sketch.add(value)
  return sketch
}

/** Linear interpolation between order statistics at q * (n - 1), never outside [min, max]: "type 7" of Hyndman and Fan. */
function exactQuantile(samples: readonly number[]): (quantile: number) => number {
  const sorted = Float64Array.from(samples).sort()
  return (quantile) => {
    const position = quantile * (sorted.length - 1)
    const below = sorted[Math.floor(position)] ?? 0
    const above = sorted[Math.ceil(position)] ?? below
    return below + (above - below) * (position - Math.floor(position))
  }
}

const limb = 2 ** 26
const bigLimb = BigInt(limb)

/**
 * The exact sum of the squares of integers, in two limbs of 26 bits and more: doubles would round, and the rounding would
 * depend on the order of adding.
 */
class ExactSquares {
  #high = 0
  #low = 0

  add(value: number): void {
    // Below 2^26 the square is an exact double; a value above (67 seconds in microseconds) is rare enough for BigInt.
    if (value < limb) {
      const square = value * value
      const high = Math.floor(square / limb)
      this.#high += high
      this.#low += square - high * limb
    } else {
      const square = BigInt(value) * BigInt(value)
      this.#high += Number(square / bigLimb)
      this.#low += Number(square % bigLimb)
    }
  }

  merge(other: ExactSquares): void {
    this.#high += other.#high
    this.#low += other.#low
  }

  /** Sample standard deviation (n-1) of the values that were added; 0 for fewer than two. */
  standardDeviation(count: number, sum: number): number {
    if (count < 2) return 0
    const n = BigInt(count)
    const squares = BigInt(this.#high) * bigLimb + BigInt(this.#low)
    const numerator = n * squares - BigInt(sum) * BigInt(sum)
    return Math.sqrt(Number(numerator) / (count * (count - 1)))
  }
}
