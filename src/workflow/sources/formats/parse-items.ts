import type { Row } from '../source.ts'

/** Pieces of a file, each the text of one record, and how to parse one. */
export interface Items<Item> {
  readonly items: AsyncIterable<readonly Item[]>
  /** Records to pass over without parsing. */
  readonly skip: number
  /** The record, or undefined when it was bad and is left out; may throw. */
  readonly parse: (item: Item) => Row | undefined
}

/** Parses items in batches; returns the number of items met, passed over ones included. */
export async function* parseItems<Item>({ items, skip, parse }: Items<Item>): Batches {
  let met = 0
  for await (const batch of items) {
    const rows: Row[] = []
    try {
      for (const item of batch) {
        met += 1
        if (met <= skip) continue
        const row = parse(item)
        if (row !== undefined) rows.push(row)
      }
    } catch (error) {
      // A reader that needs only the records before the bad one must get them and never see the error.
      if (rows.length > 0) yield rows
      throw error
    }
    if (rows.length > 0) yield rows
  }
  return met
}

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
