/** Hands things from many givers to one taker, one at a time; who gives waits until it is taken. */
export class Handover<Item> {
  readonly #waiting: { readonly item: Item; readonly taken: () => void }[] = []
  #wake: (() => void) | undefined
  #isClosed = false

  /** Resolves when the thing was taken, or nobody takes any more. */
  give(item: Item): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    return new Promise((taken) => {
      this.#waiting.push({ item, taken })
      this.#wake?.()
    })
  }

  /** Ends the handover: what waits to be taken still is, unless it is dropped. */
  close({ drop = false }: { readonly drop?: boolean } = {}): void {
    this.#isClosed = true
    if (drop) for (const { taken } of this.#waiting.splice(0)) taken()
    this.#wake?.()
  }

  /** What is given, in the order it came. */
  async *items(): AsyncGenerator<Item> {
    for (;;) {
      const next = this.#waiting.shift()
      if (next !== undefined) {
        next.taken()
        yield next.item
      } else if (this.#isClosed) return
      else await this.#something()
    }
  }

  async #something(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#wake = undefined
  }
}
