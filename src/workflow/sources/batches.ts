import type { Row } from './source.ts'

/** Rows in batches; returns the number of records met, passed over and bad ones included. */
export type Batches = AsyncGenerator<Row[], number>

/** The rows of batches, one by one. */
export async function* flatten(batches: AsyncIterable<Row[]>): AsyncGenerator<Row> {
  for await (const batch of batches) for (const row of batch) yield row
}

/** Passes batches on until the run is stopped. */
export async function* untilStopped(batches: Batches, signal?: AbortSignal): Batches {
  try {
    for (let next = await batches.next(); ; next = await batches.next()) {
      signal?.throwIfAborted()
      if (next.done) return next.value
      yield next.value
    }
  } catch (error) {
    // What fails because it was stopped, such as a request, fails with the reason of the stop.
    signal?.throwIfAborted()
    throw error
  } finally {
    await batches.return(0)
  }
}
