import type { Row } from '../sources/source.ts'
import type { RecordOutcome } from './record-work.ts'
import type { RecordFailure } from './run-options.ts'

const maxFailures = 1_000

/** The rows and failures that a run gives back. */
export class RunResults {
  readonly failures: RecordFailure[] = []
  readonly keepsRows: boolean
  readonly #rows: (Row | undefined)[] = []

  constructor(keepsRows: boolean) {
    this.keepsRows = keepsRows
  }

  /** Takes the outcome of the record at a position of the source. */
  add(position: number, recordId: string, outcome: RecordOutcome): void {
    if (outcome.type === 'failure') {
      if (this.failures.length < maxFailures) this.failures.push({ recordId, error: outcome.error })
    } else if (outcome.type === 'row' && this.keepsRows) {
      this.#rows[position] = outcome.row
    }
  }

  /** The rows in the order of the source. */
  rows(): Row[] {
    return this.#rows.filter((row) => row !== undefined)
  }
}
