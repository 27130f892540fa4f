import { type Amounts, type Budget, nothing, sumOf } from './budget.ts'

/** Nothing is known of a record's cost before one has ended: no more than this many are begun until then. */
const firstRecords = 4

/**
 * Begins records only while what they are expected to use up fits into the budget, so that few are left half-done at a limit:
 * what those have cost is lost. One is always let in, since an expectation is no knowledge.
 */
export class RecordRoom {
  readonly #budget: Budget
  readonly #inWork = new Map<string, Amounts>()
  readonly #waiters = new Set<() => void>()
  #records: number
  #amounts: Amounts

  constructor(budget: Budget, past: { readonly records: number; readonly amounts: Amounts }) {
    this.#budget = budget
    this.#records = past.records
    this.#amounts = past.amounts
  }

  /** Waits until the record may begin; false when the signal was aborted before. */
  async begin(id: string, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted && !this.#hasRoom()) await this.#change(signal)
    if (signal.aborted) return false
    this.#inWork.set(id, nothing)
    return true
  }

  /** Takes in what a request of the record has used up. */
  add(id: string | undefined, amounts: Amounts): void {
    const before = id === undefined ? undefined : this.#inWork.get(id)
    if (id !== undefined && before !== undefined) this.#inWork.set(id, sumOf(before, amounts))
  }

  /** The record has ended, or was given up: then it says nothing of what a whole one uses up. */
  end(id: string, isWhole: boolean): void {
    const amounts = this.#inWork.get(id)
    if (amounts === undefined) return
    this.#inWork.delete(id)
    if (isWhole) {
      this.#records += 1
      this.#amounts = sumOf(this.#amounts, amounts)
    }
    for (const wake of this.#waiters) wake()
  }

  #hasRoom(): boolean {
    if (this.#inWork.size === 0) return true
    if (this.#records === 0) return this.#inWork.size < firstRecords
    const mean = (kind: keyof Amounts) => this.#amounts[kind] / this.#records
    const expected = { picodollars: mean('picodollars'), requests: mean('requests'), tokens: mean('tokens') }
    let rest: Amounts = expected
    for (const soFar of this.#inWork.values()) rest = sumOf(rest, restOf(expected, soFar))
    return this.#budget.hasBesideSpent(rest)
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiters.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiters.add(wake)
      signal.addEventListener('abort', wake)
    })
  }
}

function restOf(expected: Amounts, soFar: Amounts): Amounts {
  return {
    picodollars: Math.max(0, expected.picodollars - soFar.picodollars),
    requests: Math.max(0, expected.requests - soFar.requests),
    tokens: Math.max(0, expected.tokens - soFar.tokens),
  }
}
