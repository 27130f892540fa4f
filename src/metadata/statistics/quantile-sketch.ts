/** Relative error of the values that the sketch gives. */
export const sketchAccuracy = 0.01

// Written as DDSketch's own code has them: the bins of files of earlier versions are the same to the last digit.
const excess = (2 * sketchAccuracy) / (1 - sketchAccuracy)
const gamma = 1 + excess
const binsPerDoubling = (1 / Math.log1p(excess)) * Math.log(2)

/**
 * Values >= 0 counted in bins each of which is 2 % wider than the one below it, so that a value and the one that stands for its
 * bin differ by 1 % at most: DDSketch (Masson, Rim and Lee 2019) with its logarithmic mapping and without a limit of bins. What
 * it keeps depends neither on the order of adding nor on that of merging.
 */
export class QuantileSketch {
  readonly #bins = new Map<number, number>()
  #count = 0
  #zeroCount = 0

  /** How many of the values are 0, which has no bin. */
  get zeroCount(): number {
    return this.#zeroCount
  }

  add(value: number): void {
    this.#count += 1
    if (value > 0) this.#put(Math.ceil(Math.log2(value) * binsPerDoubling), 1)
    else this.#zeroCount += 1
  }

  merge(other: QuantileSketch): void {
    this.#count += other.#count
    this.#zeroCount += other.#zeroCount
    for (const [index, count] of other.#bins) this.#put(index, count)
  }

  /** Index and count of each bin that has values, in ascending order. */
  bins(): (readonly [index: number, count: number])[] {
    return [...this.#bins].sort(([one], [other]) => one - other)
  }

  /** Gives what stands for the values at a rank, from 0 to 1. */
  quantiles(): (quantile: number) => number {
    const bins = this.bins()
    return (quantile) => {
      const rank = quantile * (this.#count - 1)
      if (rank < this.#zeroCount) return 0
      let below = this.#zeroCount
      const found = bins.find(([, count]) => {
        below += count
        return below > rank
      })
      return middleOf(found?.[0] ?? bins.at(-1)?.[0] ?? 0)
    }
  }

  #put(index: number, count: number): void {
    this.#bins.set(index, (this.#bins.get(index) ?? 0) + count)
  }
}

/** What stands for the values of a bin: as far, in proportion, from its lower end as from its upper. */
function middleOf(index: number): number {
  return 2 ** (index / binsPerDoubling) * (2 / (1 + gamma))
}
