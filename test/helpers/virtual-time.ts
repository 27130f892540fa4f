/** Time that passes only when everything waits for it: what is due first ends first, and no test sleeps. */
export class VirtualTime {
  #now = 0
  #entries = 0
  readonly #due: { readonly at: number; readonly entry: number; readonly resolve: () => void }[] = []

  get now(): number {
    return this.#now
  }

  wait(duration: number): Promise<void> {
    return new Promise((resolve) => {
      this.#entries += 1
      this.#due.push({ at: this.#now + duration, entry: this.#entries, resolve })
      this.#due.sort((a, b) => a.at - b.at || a.entry - b.entry)
    })
  }

  /** Lets time pass until a promise is settled. */
  async until<Value>(promise: Promise<Value>): Promise<Value> {
    let isSettled = false
    const settle = () => {
      isSettled = true
    }
    promise.then(settle, settle)
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      if (isSettled) return promise
      const next = this.#due.shift()
      if (next === undefined) throw new Error('nothing is due, and yet the promise waits')
      this.#now = next.at
      next.resolve()
    }
  }
}
