import type { RecordEnd } from '../../metadata/event.ts'
import { type FailureLimit, failureLimitOf } from './run-limits.ts'

/** While a run goes on, a share of few records says nothing. */
const leastRecordsForShare = 20

/** Counts failed records against a limit. */
export class FailureCount {
  readonly #limit: FailureLimit
  #records: number
  #failed: number

  constructor(limit: number | string, past: { readonly records: number; readonly failed: number }) {
    this.#limit = failureLimitOf(limit)
    this.#records = past.records
    this.#failed = past.failed
  }

  add({ succeeded }: Pick<RecordEnd, 'succeeded'>): void {
    this.#records += 1
    if (!succeeded) this.#failed += 1
  }

  /**
   * What there is too much of, in words; undefined while there is not.
   *
   * @param areAllDone no record is left, so that a share of few is judged too.
   */
  excess({ areAllDone = false }: { readonly areAllDone?: boolean } = {}): string | undefined {
    const limit = this.#limit
    const [failed, records] = [this.#failed, this.#records]
    if ('count' in limit) {
      return failed > limit.count
        ? `${failed} ${failed === 1 ? 'record' : 'records'} failed, more than the ${limit.count} allowed`
        : undefined
    }
    if ((!areAllDone && records < leastRecordsForShare) || failed <= limit.share * records) return undefined
    return `${failed} of ${records} records failed, more than the ${formatShare(limit.share)} allowed`
  }
}

function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`
}
