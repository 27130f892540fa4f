import { describe, expect, test } from 'vitest'
import type { ReadOptions, Row, Source } from '../../src/workflow/sources/source.ts'

/** A source to hold against the contract, made anew for each test. */
export interface SourceUnderTest {
  readonly make: () => Source | Promise<Source>
  /** The rows it must give, at least three. */
  readonly rows: readonly Row[]
}

/** The contract that every source keeps. */
export function testSource(name: string, { make, rows }: SourceUnderTest): void {
  describe(name, () => {
    test('gives its rows in order', async () => {
      expect(await readAll(await make())).toEqual(rows)
    })

    test('gives the same rows again', async () => {
      const source = await make()
      await readAll(source)
      expect(await readAll(source)).toEqual(rows)
    })

    test('startIndex passes over rows, also beyond the end', async () => {
      const source = await make()
      for (const startIndex of [1, rows.length - 1, rows.length, rows.length + 5]) {
        expect(await readAll(source, { startIndex }), `from ${startIndex}`).toEqual(rows.slice(startIndex))
      }
    })

    test('a read that stops early names the same dataset as a whole one', async () => {
      const whole = await make()
      await readAll(whole)
      const stopped = await make()
      for await (const _ of stopped.rows()) break
      const { datasetHash, datasetVersion } = stopped.describe()
      expect({ datasetHash, datasetVersion }).toEqual({
        datasetHash: whole.describe().datasetHash,
        datasetVersion: whole.describe().datasetVersion,
      })
    })

    test('check and precheck find nothing wrong and leave the rows alone', async () => {
      const source = await make()
      const { columns } = await source.check()
      if (columns !== undefined) expect(columns).toEqual(Object.keys(rows[0] ?? {}))
      const { badRecords, rows: seen, complete } = await source.precheck({ idColumn: false })
      expect(badRecords).toBe(0)
      if (complete) expect(seen).toBe(rows.length)
      expect(await readAll(source)).toEqual(rows)
    })

    test('the count is the number of rows, or unknown', async () => {
      expect([undefined, rows.length]).toContain(await (await make()).count())
    })

    test('an aborted read stops with the reason', async () => {
      const source = await make()
      const reason = new Error('stopped by the test')
      await expect(readAll(source, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    })

    test('the path and kind are known before anything is read', async () => {
      expect((await make()).describe().sourceType).toMatch(/^(memory|disk|hf|none|multi-source|stream)$/)
    })
  })
}

/** All rows of a source. */
export async function readAll(source: Source, options?: ReadOptions): Promise<Row[]> {
  const rows: Row[] = []
  for await (const row of source.rows(options)) rows.push(row)
  return rows
}
