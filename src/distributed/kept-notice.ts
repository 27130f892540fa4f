import { clearTimer, setTimer } from '../runtime/clock.ts'

/** A worker that is told so a little later keeps a little more, and the message goes for many. */
const laterMs = 100

/** Tells a worker up to which number its lines are on the disk: not of each, but of the last one now and then. */
export class KeptNotice {
  readonly #tell: (number: number) => void
  #number = 0
  #timer: NodeJS.Timeout | undefined

  constructor(tell: (number: number) => void) {
    this.#tell = tell
  }

  /** The lines up to that number are on the disk. */
  note(number: number): void {
    this.#number = Math.max(this.#number, number)
    this.#timer ??= setTimer(() => {
      this.#timer = undefined
      this.#tell(this.#number)
    }, laterMs).unref()
  }

  close(): void {
    clearTimer(this.#timer)
  }
}
