/** Which numbers of a ledger were seen. Memory grows with the gaps only. */
export class LedgerSequence {
  /** The highest number seen; -1 before the first. */
  last = -1
  /** First and last number of each gap. */
  #gaps: { from: number; to: number }[] = []

  /** How many numbers up to the last are missing. */
  get missing(): number {
    return this.#gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0)
  }

  /** Takes a number; false when it was seen before, as after a write that had to be repeated. */
  take(seq: number): boolean {
    if (seq > this.last) {
      if (seq > this.last + 1) this.#gaps.push({ from: this.last + 1, to: seq - 1 })
      this.last = seq
      return true
    }
    const index = this.#gaps.findIndex(({ from, to }) => seq >= from && seq <= to)
    const gap = this.#gaps[index]
    if (gap === undefined) return false
    const rest = [
      { from: gap.from, to: seq - 1 },
      { from: seq + 1, to: gap.to },
    ].filter(({ from, to }) => from <= to)
    this.#gaps.splice(index, 1, ...rest)
    return true
  }
}
