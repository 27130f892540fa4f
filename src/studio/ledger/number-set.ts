/** A set of whole numbers from 0 on, a bit for each: of the records of a million requests a set of JavaScript takes seconds. */
export class NumberSet {
  #bits = new Uint32Array(32)
  #size = 0

  get size(): number {
    return this.#size
  }

  has(number: number): boolean {
    return number >= 0 && ((this.#bits[number >>> 5] ?? 0) & (1 << (number & 31))) !== 0
  }

  add(number: number): void {
    const place = number >>> 5
    if (place >= this.#bits.length) this.#grow(place + 1)
    const bits = this.#bits[place] ?? 0
    const bit = 1 << (number & 31)
    if ((bits & bit) !== 0) return
    this.#bits[place] = bits | bit
    this.#size += 1
  }

  merge(other: NumberSet): void {
    if (other.#bits.length > this.#bits.length) this.#grow(other.#bits.length)
    other.#bits.forEach((bits, place) => {
      const own = this.#bits[place] ?? 0
      const added = bits & ~own
      if (added === 0) return
      this.#bits[place] = own | bits
      this.#size += onesOf(added)
    })
  }

  #grow(length: number): void {
    const larger = new Uint32Array(Math.max(length, 2 * this.#bits.length))
    larger.set(this.#bits)
    this.#bits = larger
  }
}

/** How many bits are set: each step takes the lowest one off. */
function onesOf(bits: number): number {
  let count = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1
  return count
}
