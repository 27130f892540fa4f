/** Fields of a row whose key the state did not have, with that key. */
export type UnsetFields = Readonly<Record<string, string>>

/** Which fields of the output got no value in any row, of those that take a key of the state. */
export class FilledFields {
  #unset: UnsetFields = {}
  #rows = 0

  /** Called with each row that was made, whichever process made it. */
  addRow(unset: UnsetFields): void {
    this.#rows += 1
    this.#unset =
      this.#rows === 1
        ? unset
        : Object.fromEntries(Object.entries(this.#unset).filter(([field]) => Object.hasOwn(unset, field)))
  }

  /** A line for each field that no row has a value for: nothing wrote what it takes, although nothing failed. */
  notices(): readonly string[] {
    const rows = this.#rows === 1 ? 'the only row' : `all ${this.#rows} rows`
    return Object.entries(this.#unset).map(
      ([field, key]) => `"${field}" is empty in ${rows}: nothing wrote the key "${key}" that it takes`,
    )
  }
}
