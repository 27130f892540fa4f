const bucketCount = 30
const bucketMs = 1000

/** How fast something goes: amounts of the last 30 seconds, a bucket for each. */
export class RateWindow {
  readonly #amounts = new Float64Array(bucketCount)
  readonly #seconds = new Float64Array(bucketCount)
  #firstAtMs: number | undefined

  add(amount: number, nowMs: number): void {
    this.#firstAtMs ??= nowMs
    const second = Math.floor(nowMs / bucketMs)
    const bucket = second % bucketCount
    if (this.#seconds[bucket] !== second) {
      this.#seconds[bucket] = second
      this.#amounts[bucket] = 0
    }
    this.#amounts[bucket] = (this.#amounts[bucket] ?? 0) + amount
  }

  /** The amount of the last 30 seconds. */
  amount(nowMs: number): number {
    const oldest = Math.floor(nowMs / bucketMs) - bucketCount
    return this.#amounts.reduce(
      (sum, amount, bucket) => ((this.#seconds[bucket] ?? 0) > oldest ? sum + amount : sum),
      0,
    )
  }

  /** Seconds that the amount is of: 30, or fewer at the beginning. */
  lengthSeconds(nowMs: number, startedAtMs: number = this.#firstAtMs ?? nowMs): number {
    return Math.min(bucketCount, Math.max(0, (nowMs - startedAtMs) / 1000))
  }
}
