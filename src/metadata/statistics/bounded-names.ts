/** Names that come from a program, of which it may make any number, and what is kept for each. */
export class BoundedNames<Totals extends { merge(other: Totals): void }> {
  readonly #create: () => Totals
  readonly #most: number
  readonly #kept = new Map<string, Totals>()
  #others: Totals | undefined

  constructor(create: () => Totals, most = mostNames) {
    this.#create = create
    this.#most = most
  }

  /**
   * What is kept for a name. Once there are too many, the shortest names stay, of equal length the first by letter, and
   * the others share one place: names with an id in them do not drive out those without, and whether a fold is made in one
   * piece or in several, the same names stay.
   */
  of(name: string): Totals {
    const known = this.#kept.get(name)
    if (known !== undefined) return known
    if (name === otherNames) return this.#shared()
    const totals = this.#create()
    this.#kept.set(name, totals)
    if (this.#kept.size <= this.#most) return totals
    const last = [...this.#kept.keys()].reduce((one, other) => (isBefore(one, other) ? other : one))
    const dropped = this.#kept.get(last)
    this.#kept.delete(last)
    const shared = this.#shared()
    if (dropped !== undefined) shared.merge(dropped)
    return last === name ? shared : totals
  }

  merge(other: BoundedNames<Totals>): void {
    for (const [name, totals] of other.entries()) this.of(name).merge(totals)
  }

  /** In the order the names were first seen, the shared place last. */
  entries(): readonly (readonly [name: string, totals: Totals])[] {
    return [...this.#kept, ...(this.#others === undefined ? [] : [[otherNames, this.#others] as const])]
  }

  #shared(): Totals {
    this.#others ??= this.#create()
    return this.#others
  }
}

/** Under it stands what more names than are kept have in common. */
export const otherNames = '(others)'

const mostNames = 1_000

function isBefore(one: string, other: string): boolean {
  return one.length === other.length ? one < other : one.length < other.length
}
