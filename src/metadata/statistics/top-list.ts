export interface TopEntry {
  readonly id: string
  readonly value: number
}

/** The ids with the largest values, largest first; equal values by id, so that the order of adding does not matter. */
export class TopList {
  #entries: TopEntry[] = []
  readonly #size: number

  constructor(size: number) {
    this.#size = size
  }

  get entries(): readonly TopEntry[] {
    return this.#entries
  }

  add(id: string | undefined, value: number): void {
    if (id === undefined || value <= 0) return
    const last = this.#entries[this.#size - 1]
    if (last !== undefined && value < last.value) return
    this.#entries.push({ id, value })
    this.#entries.sort((a, b) => b.value - a.value || (a.id < b.id ? -1 : 1))
    this.#entries.length = Math.min(this.#entries.length, this.#size)
  }

  merge(other: TopList): void {
    for (const { id, value } of other.#entries) this.add(id, value)
  }
}
