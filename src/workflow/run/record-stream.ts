import type { Row } from '../sources/source.ts'
import { Handover } from './handover.ts'
import type { RunOptions, RunResult } from './run-options.ts'

/** The rows of a run as its records finish. The run begins with the loop; a loop that is left early stops the run. */
export interface RecordStream<Output extends object = Row> extends AsyncIterable<Output> {
  /** What the run came to; it settles when the loop has ended. */
  readonly result: Promise<RunResult<Output>>
}

/**
 * Makes a stream of a run. Of the records that are done at most as many wait to be taken as may be in work, so a slow loop
 * slows the run down. When the loop is left, records in work are finished and written, as after any stop.
 *
 * @param run begins the run.
 */
export function streamRecords<Output extends object>(
  run: (options: RunOptions) => Promise<RunResult<Output>>,
  options: Omit<RunOptions, 'onRecord'>,
): RecordStream<Output> {
  let settle: (result: Promise<RunResult<Output>>) => void = () => {}
  const result = new Promise<RunResult<Output>>((resolve) => {
    settle = resolve
  })
  // The loop throws what the run throws; who does not ask for the result need not hear of it twice.
  result.catch(() => {})

  async function* rows(): AsyncGenerator<Output> {
    const handover = new Handover<Output>()
    const left = new AbortController()
    const running = run({
      keepRecords: false,
      ...options,
      stop: options.stop === undefined ? left.signal : AbortSignal.any([options.stop, left.signal]),
      onRecord: (row) => handover.give(row as Output),
    })
    settle(running)
    running.then(
      () => handover.close(),
      () => handover.close(),
    )
    try {
      yield* handover.items()
    } finally {
      left.abort('the loop over its records was left')
      handover.close({ drop: true })
      await running
    }
  }

  const iterator = rows()
  return { result, [Symbol.asyncIterator]: () => iterator }
}
