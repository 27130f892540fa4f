import { SygraError } from '../../errors.ts'
import type { Row, Source } from './source.ts'

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
          'there is no data source, so the number of records must be given: num_records (--num_records, -n)',
        )
      }
      return { columns: [] }
    },
    precheck: async () => ({ rows: count ?? 0, badRecords: 0, complete: true }),
    count: async () => count,
  }
}
