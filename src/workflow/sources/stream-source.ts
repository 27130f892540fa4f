import { SygraError } from '../../errors.ts'
import { badRecordHandler, toRow } from './records/bad-record.ts'
import type { ReadOptions, Row, Source } from './source.ts'

/** Rows that come one by one: an iterable, or a function that makes one for each read. */
export type RowStream = AsyncIterable<unknown> | Iterable<unknown> | (() => AsyncIterable<unknown> | Iterable<unknown>)

/** A source of rows that come from elsewhere. Nothing is read before the run, so nothing can be checked; there is no hash. */
export function streamSource(stream: RowStream): Source {
  let isRead = false

  function open(): AsyncIterable<unknown> | Iterable<unknown> {
    if (typeof stream === 'function') return stream()
    if (isRead) {
      throw new SygraError(
        'bad_argument',
        'the iterable was read already and cannot be read again; give a function that makes a new one',
      )
    }
    isRead = true
    return stream
  }

  return {
    async *rows({ startIndex = 0, signal, ...options }: ReadOptions = {}): AsyncGenerator<Row> {
      const bad = badRecordHandler(options)
      let index = 0
      for await (const value of open()) {
        signal?.throwIfAborted()
        const row = index < startIndex ? undefined : toRow(value, `row ${index + 1} of the stream`, bad)
        index += 1
        if (row !== undefined) yield row
      }
    },
    describe: () => ({ sourceType: 'stream' }),
    check: async () => ({}),
    precheck: async () => ({ rows: 0, badRecords: 0, complete: false }),
    count: async () => undefined,
  }
}

/** A run without data: `count` records without columns, for workflows that make everything up. */
export function emptySource(count?: number): Source {
  return {
    async *rows({ startIndex = 0, signal } = {}): AsyncGenerator<Row> {
      for (let index = startIndex; index < (count ?? 0); index += 1) {
        signal?.throwIfAborted()
        yield {}
      }
    },
    describe: () => ({ sourceType: 'none', rowCount: count }),
    async check() {
      if (count === undefined || !(count > 0)) {
        throw new SygraError(
          'bad_argument',
          'there is no data source, so the number of records must be given: `numRecords`',
        )
      }
      return { columns: [] }
    },
    precheck: async () => ({ rows: count ?? 0, badRecords: 0, complete: true }),
    count: async () => count,
  }
}
