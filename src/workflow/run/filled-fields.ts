/** Which fields of the output got a value in any row, of those that take a key of the state. */
export class FilledFields {
  readonly #keys = new Map<string, string>()
  readonly #filled = new Set<string>()
  #rows = 0

  /** Called when a row was made. */
  endRow(): void {
    this.#rows += 1
  }

  /** Called for each field of a row with the key that it takes, and whether the state had it. */
  take(field: string, { key, isThere }: { readonly key: string; readonly isThere: boolean }): void {
    this.#keys.set(field, key)
    if (isThere) this.#filled.add(field)
  }

  /** A line for each field that no row has a value for: nothing wrote what it takes, although nothing failed. */
  notices(): readonly string[] {
    const empty = [...this.#keys].filter(([field]) => !this.#filled.has(field))
    const rows = this.#rows === 1 ? 'the only row' : `all ${this.#rows} rows`
    return empty.map(([field, key]) => `"${field}" is empty in ${rows}: nothing wrote the key "${key}" that it takes`)
  }
}
