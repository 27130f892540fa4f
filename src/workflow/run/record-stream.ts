import type { Row } from '../sources/source.ts'
import type { KnownOptions, RunResult } from './run-options.ts'

/** The rows of a run as its records finish. The run begins with the loop; a loop that is left early stops the run. */
export interface RecordStream<
  Output extends object = Row,
  IsOff extends boolean = boolean,
  HasFiles extends boolean = boolean,
> extends AsyncIterable<Output> {
  /** What the run came to; it settles when the loop has ended. */
  readonly result: Promise<RunResult<Output, IsOff, HasFiles>>
}

/**
 * Makes a stream of a run. Of the records that are done at most as many wait to be taken as may be in work, so a slow loop
 * slows the run down. When the loop is left, records in work are finished and written, as after any stop.
 *
 * @param run begins the run.
 */
export function streamRecords<Output extends object, IsOff extends boolean, HasFiles extends boolean>(
  run: (options: KnownOptions<IsOff, HasFiles>) => Promise<RunResult<Output, IsOff, HasFiles>>,
  options: Omit<KnownOptions<IsOff, HasFiles>, 'onRecord'>,
): RecordStream<Output, IsOff, HasFiles> {
  type Result = RunResult<Output, IsOff, HasFiles>
  let settle: (result: Promise<Result>) => void = () => {}
  const result = new Promise<Result>((resolve) => {
    settle = resolve
  })
  // The loop throws what the run throws; who does not ask for the result need not hear of it twice.
  result.catch(() => {})

  async function* rows(): AsyncGenerator<Output> {
    const channel = new Channel<Output>()
    const left = new AbortController()
    const running = run({
      keepRecords: false,
      ...options,
      stop: options.stop === undefined ? left.signal : AbortSignal.any([options.stop, left.signal]),
      onRecord: (row) => channel.give(row as Output),
    })
    settle(running)
    running.then(
      () => channel.close(),
      () => channel.close(),
    )
    try {
      yield* channel.items()
    } finally {
      left.abort('the loop over its records was left')
      channel.close({ drop: true })
      await running
    }
  }

  const iterator = rows()
  return { result, [Symbol.asyncIterator]: () => iterator }
}

/** Hands things from many givers to one taker, one at a time; who gives waits until it is taken. */
class Channel<Item> {
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

  /** Ends the channel: what waits to be taken still is, unless it is dropped. */
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
