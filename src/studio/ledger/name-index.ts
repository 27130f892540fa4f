/** Numbers for names, so that a column of names is a column of numbers. */
export class NameIndex {
  readonly names: string[] = []
  readonly #numbers = new Map<string, number>()

  /** The number of a name, a new one for a new name; -1 for none. */
  add(name: string | undefined): number {
    if (name === undefined) return -1
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.names.push(name)
    this.#numbers.set(name, this.names.length - 1)
    return this.names.length - 1
  }

  numberOf(name: string): number | undefined {
    return this.#numbers.get(name)
  }
}
