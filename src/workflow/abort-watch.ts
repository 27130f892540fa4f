/**
 * Listens to each signal once, for any number of those who wait: a signal looks through all its listeners whenever one comes or
 * goes, which tens of thousands of them would pay for.
 */
export class AbortWatch {
  readonly #leaving = new WeakMap<AbortSignal, Set<() => void>>()

  /** Calls `leave` when the signal is aborted, unless what this gives was called before. */
  add(signal: AbortSignal | undefined, leave: () => void): () => void {
    if (signal === undefined) return () => {}
    const leaving = this.#of(signal)
    leaving.add(leave)
    return () => leaving.delete(leave)
  }

  #of(signal: AbortSignal): Set<() => void> {
    const known = this.#leaving.get(signal)
    if (known !== undefined) return known
    const leaving = new Set<() => void>()
    this.#leaving.set(signal, leaving)
    signal.addEventListener(
      'abort',
      () => {
        this.#leaving.delete(signal)
        for (const leave of leaving) leave()
      },
      { once: true },
    )
    return leaving
  }
}
