const limb = 2 ** 26
const bigLimb = BigInt(limb)

/**
 * The exact sum of the squares of integers, in two limbs of 26 bits and more: doubles would round, and the rounding would
 * depend on the order of adding.
 */
export class ExactSquares {
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
