import { fileLines } from '../../runtime/file-lines.ts'
import { checksumOf } from '../../runtime/ledger-line.ts'
import type { Row } from '../sources/source.ts'
import type { PastRun } from './past-run.ts'

/** Gives the row that an earlier session made of a record; undefined when it made none. */
export type PastRows = (recordId: string) => Row | undefined

/** Reads the rows of a run's earlier sessions into memory. */
export async function readPastRows({ plan, rows }: Pick<PastRun, 'plan' | 'rows'>): Promise<PastRows> {
  const lines = new Map<string, string>()
  for await (const line of fileLines(plan.partPath)) lines.set(checksumOf(line), line.toString('utf8'))
  return (recordId) => {
    const text = lines.get(rows.get(recordId) ?? '')
    if (text === undefined) return undefined
    const row: Row = JSON.parse(text)
    return row
  }
}
