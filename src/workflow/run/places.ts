/** How many things may be done at once; the number may change meanwhile. */
export class Places {
  readonly #waiters: (() => void)[] = []
  #most: number
  #taken = 0

  constructor(most: number) {
    this.#most = most
  }

  setMost(most: number): void {
    this.#most = most
    this.#admit()
  }

  /** Waits for a place; false when the signal was aborted before. */
  async enter(signal: AbortSignal | undefined): Promise<boolean> {
    if (signal?.aborted) return false
    if (this.#taken < this.#most && this.#waiters.length === 0) {
      this.#taken += 1
      return true
    }
    return new Promise((resolve) => {
      const enter = () => {
        signal?.removeEventListener('abort', leave)
        resolve(true)
      }
      const leave = () => {
        this.#waiters.splice(this.#waiters.indexOf(enter), 1)
        resolve(false)
      }
      this.#waiters.push(enter)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  leave(): void {
    this.#taken -= 1
    this.#admit()
  }

  #admit(): void {
    while (this.#taken < this.#most && this.#waiters.length > 0) {
      this.#taken += 1
      this.#waiters.shift()?.()
    }
  }
}
