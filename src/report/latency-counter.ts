import { gammaOf, indexOfSeconds, secondsOfBin } from './latency-bins.ts'

const relativeAccuracy = 0.01
const maxSeconds = 1e5
const binCount = Math.ceil(Math.log(maxSeconds * 1e6) / Math.log(gammaOf(relativeAccuracy))) + 1

/** Counts durations for percentiles within 1 %, in the same few kilobytes however many there are. */
export class LatencyCounter {
  readonly #bins = new Uint32Array(binCount)
  #count = 0
  #min = Number.POSITIVE_INFINITY
  #max = 0

  get count(): number {
    return this.#count
  }

  add(seconds: number): void {
    this.#count += 1
    if (seconds < this.#min) this.#min = seconds
    if (seconds > this.#max) this.#max = seconds
    // What is shorter than a microsecond is counted as one; the smallest value itself is kept apart.
    const index = seconds > 1e-6 ? Math.min(indexOfSeconds(seconds, relativeAccuracy), binCount - 1) : 0
    this.#bins[index] = (this.#bins[index] ?? 0) + 1
  }

  /** The duration below which a share of all lies; undefined when there are none. */
  quantile(share: number): number | undefined {
    if (this.#count === 0) return undefined
    const rank = share * (this.#count - 1)
    let seen = 0
    for (let index = 0; index < binCount; index += 1) {
      seen += this.#bins[index] ?? 0
      if (seen > rank) return Math.min(this.#max, Math.max(this.#min, secondsOfBin(index, relativeAccuracy)))
    }
    return this.#max
  }
}
