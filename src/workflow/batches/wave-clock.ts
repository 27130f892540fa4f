/** So long nothing may happen before a wave counts as whole, in milliseconds: who has just got an answer is about to ask again. */
const stillMs = 40

/**
 * Knows when all records that are in work wait for an answer and no more can begin: then what has gathered is a wave, and is
 * handed in. It counts; how long anything takes plays no part.
 */
export class WaveClock {
  readonly #onWave: () => void
  readonly #inWork = new Set<string>()
  /** How many calls of each record wait. */
  readonly #waiting = new Map<string, number>()
  #isReading = false
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(onWave: () => void) {
    this.#onWave = onWave
  }

  beginRecord(id: string): void {
    this.#inWork.add(id)
    this.#review()
  }

  endRecord(id: string): void {
    this.#inWork.delete(id)
    this.#review()
  }

  /** A further record is being read, and may begin in a moment. */
  setReading(isReading: boolean): void {
    this.#isReading = isReading
    this.#review()
  }

  /** A call of a record begins to wait; gives what is to be called when it has its answer. */
  wait(id: string): () => void {
    this.#waiting.set(id, (this.#waiting.get(id) ?? 0) + 1)
    this.#review()
    return () => {
      const left = (this.#waiting.get(id) ?? 1) - 1
      if (left > 0) this.#waiting.set(id, left)
      else this.#waiting.delete(id)
      this.#review()
    }
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  #review(): void {
    clearTimeout(this.#timer)
    if (this.#isStopped || !this.#isStill()) return
    this.#timer = setTimeout(() => {
      if (!this.#isStopped && this.#isStill()) this.#onWave()
    }, stillMs)
  }

  #isStill(): boolean {
    return !this.#isReading && this.#inWork.size > 0 && this.#waiting.size >= this.#inWork.size
  }
}
