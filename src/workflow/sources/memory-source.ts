import { createHash } from 'node:crypto'
import { shortDigest } from './formats/content-hash.ts'
import { badRecordHandler, toRow } from './records/bad-record.ts'
import { canonicalJson } from './records/canonical-json.ts'
import { checkFirstRow, scanRows } from './records/precheck.ts'
import type { ReadOptions, Row, Source } from './source.ts'

/** A source of rows held in memory. Its hash covers all rows, whatever part of them a run uses. */
export function memorySource(rows: readonly unknown[]): Source {
  let datasetHash: string | undefined

  function* read({ startIndex = 0, signal, ...options }: ReadOptions = {}): Generator<Row> {
    const bad = badRecordHandler(options)
    for (let index = startIndex; index < rows.length; index += 1) {
      signal?.throwIfAborted()
      const row = toRow(rows[index], `rows[${index}]`, bad)
      if (row !== undefined) yield row
    }
  }

  return {
    // The hash is taken before the first row leaves: what a program does to its rows later is not part of the dataset.
    async *rows(options) {
      if (!options?.isPreview) datasetHash ??= hashRows(rows)
      yield* read(options)
    },
    describe: () => ({ sourceType: 'memory', datasetHash, rowCount: rows.length }),
    check: (options) => checkFirstRow('rows in memory', (bad) => asynchronous(read(bad)), options),
    precheck: (options = {}) => scanRows({ ...options, read: (bad) => asynchronous(read({ ...options, ...bad })) }),
    count: async () => rows.length,
  }
}

async function* asynchronous(rows: Iterable<Row>): AsyncGenerator<Row> {
  yield* rows
}

/** Undefined for rows that have no JSON, such as an object that contains itself. */
function hashRows(rows: readonly unknown[]): string | undefined {
  const hash = createHash('sha256')
  try {
    for (const row of rows) hash.update(`${canonicalJson(row)}\n`)
  } catch {
    return undefined
  }
  return shortDigest(hash)
}
