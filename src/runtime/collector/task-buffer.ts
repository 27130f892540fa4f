import { clearTimer, monotonicMs, setTimer } from '../clock.ts'

interface TaskBufferOptions {
  /** A task that comes so long after the one before is done at once, in milliseconds. */
  readonly apartMs: number
  /** So long the others wait at first; the more of them come, the longer. */
  readonly minMs: number
  /** No task waits longer than this. */
  readonly maxMs: number
  /** Nor when so many wait. */
  readonly maxCount: number
  /** Called after tasks were done. */
  readonly onDone?: () => void
}

/**
 * Small tasks, done at once while few of them come, and together when many do. A task that is done between two steps of a
 * busy program finds nothing of what it needs in the caches of the processor; together they take a fraction of the time.
 */
export class TaskBuffer {
  readonly #options: TaskBufferOptions
  #tasks: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  #lastCount = 1
  #addedAtMs = Number.NEGATIVE_INFINITY
  #isClearing = false

  constructor(options: TaskBufferOptions) {
    this.#options = options
  }

  /** True while tasks are being done. */
  get isClearing(): boolean {
    return this.#isClearing
  }

  add(task: () => void): void {
    const nowMs = monotonicMs()
    const isApart = nowMs - this.#addedAtMs >= this.#options.apartMs
    this.#addedAtMs = nowMs
    this.#tasks.push(task)
    if (isApart || this.#tasks.length >= this.#options.maxCount) this.clear()
    else this.#timer ??= this.#clearLater()
  }

  /** Does all that waits, in the order in which it came. */
  clear(): void {
    // What a task adds, or whoever hears of it, waits for its own turn.
    if (this.#tasks.length === 0 || this.#isClearing) return
    clearTimer(this.#timer)
    this.#timer = undefined
    const tasks = this.#tasks
    this.#tasks = []
    this.#lastCount = tasks.length
    this.#isClearing = true
    doAllSafely(tasks)
    this.#isClearing = false
    if (this.#options.onDone !== undefined) doSafely(this.#options.onDone)
  }

  #clearLater(): NodeJS.Timeout {
    const { minMs, maxMs } = this.#options
    // The process need not stay for it: whoever hears of its end clears the buffer.
    return setTimer(() => doSafely(() => this.clear()), Math.min(maxMs, minMs * this.#lastCount)).unref()
  }
}

/** By number: a program may have replaced what goes through an array, and nobody catches what a timer throws. */
function doAllSafely(tasks: readonly (() => void)[]): void {
  for (let index = 0; index < tasks.length; index += 1) {
    const task = tasks[index]
    if (task !== undefined) doSafely(task)
  }
}

// The tasks are other people's: one that fails must not keep the rest from being done.
function doSafely(task: () => void): void {
  try {
    task()
  } catch {}
}
