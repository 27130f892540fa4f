import type { RecordEnd } from '../../metadata/event.ts'
import type { FailureLimit } from './run-limits.ts'

/** A share of few records says nothing. */
const leastRecordsForShare = 20

/** Counts failed records against a limit. */
export class FailureCount {
  readonly #limit: FailureLimit
  #records: number
  #failed: number

  constructor(limit: FailureLimit, past: { readonly records: number; readonly failed: number }) {
    this.#limit = limit
    this.#records = past.records
    this.#failed = past.failed
  }

  add({ succeeded }: Pick<RecordEnd, 'succeeded'>): void {
    this.#records += 1
    if (!succeeded) this.#failed += 1
  }

  /** What there is too much of, in words; undefined while there is not. */
  excess(): string | undefined {
    const limit = this.#limit
    const [failed, records] = [this.#failed, this.#records]
    if ('count' in limit) {
      return failed > limit.count
        ? `${failed} ${failed === 1 ? 'record' : 'records'} failed, more than the ${limit.count} allowed`
        : undefined
    }
    if (records < leastRecordsForShare || failed <= limit.share * records) return undefined
    return `${failed} of ${records} records failed, more than the ${formatShare(limit.share)} allowed`
  }
}

function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`
}
