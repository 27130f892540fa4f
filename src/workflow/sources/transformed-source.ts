import { type Transformation, transformRows } from '../transformations/transformation.ts'
import { checkFirstRow, precheckRows, scanRows } from './records/precheck.ts'
import type { BadRecordOptions, PrecheckOptions, ReadOptions, Row, Source } from './source.ts'

/**
 * A source whose rows run through transformations. `startIndex` and counts mean rows that come out. Before a run, only
 * transformations of this package are tried: one's own may cost something.
 */
export function transformedSource(source: Source, transformations: readonly Transformation[]): Source {
  if (transformations.length === 0) return source
  const isOneToOne = transformations.every((transformation) => transformation.isOneToOne)
  const isPure = transformations.every((transformation) => transformation.isPure)

  async function* rows({ startIndex = 0, ...options }: ReadOptions = {}): AsyncGenerator<Row> {
    const isPassedOn = isOneToOne
    let toSkip = isPassedOn ? 0 : startIndex
    for await (const row of transformRows(
      source.rows({ ...options, startIndex: isPassedOn ? startIndex : 0 }),
      transformations,
    )) {
      if (toSkip > 0) toSkip -= 1
      else yield row
    }
  }

  return {
    rows,
    describe: () => (isOneToOne ? source.describe() : { ...source.describe(), rowCount: undefined }),
    async check(options: BadRecordOptions = {}) {
      const { columns } = await source.check(options)
      if (!isPure || columns === undefined) return {}
      return checkFirstRow(
        'the rows that the transformations leave',
        (bad) => rows({ ...bad, isPreview: true }),
        options,
      )
    },
    async precheck(options: PrecheckOptions = {}) {
      // Ids and positions belong to the rows that come out; those that go in are only looked at for bad records.
      const seen = await source.precheck({
        ...options,
        idColumn: false,
        ...(!isOneToOne && { startIndex: 0, numRecords: undefined }),
      })
      if (!isPure || seen.rows === 0) return { rows: 0, badRecords: seen.badRecords, complete: false }
      const maxRows = seen.complete ? undefined : precheckRows
      const after = await scanRows({
        ...options,
        maxRows,
        read: ({ onBadRecord }) => rows({ ...options, onBadRecord, onBad: undefined, isPreview: true }),
      })
      return {
        rows: after.rows,
        badRecords: seen.badRecords + after.badRecords,
        complete: seen.complete && after.complete,
      }
    },
    count: async () => (isOneToOne ? source.count() : undefined),
  }
}
