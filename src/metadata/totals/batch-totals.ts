import type { BatchChange } from '../event.ts'
import type { Metadata } from '../schema.ts'
import { isoTimestamp } from '../timestamp.ts'

/** What is known of a batch: when it was handed in, and what was heard of it last. */
interface KnownBatch {
  readonly submittedAtMs: number
  readonly last: BatchChange
}

/** What was heard last of a batch, and when it was handed in. */
export type LatestChange = BatchChange & Pick<KnownBatch, 'submittedAtMs'>

/** The batches of a run, by the run's own name of each. */
export class BatchTotals {
  readonly #batches = new Map<string, KnownBatch>()

  get size(): number {
    return this.#batches.size
  }

  add(change: BatchChange): void {
    this.#take({ submittedAtMs: change.atMs, last: change })
  }

  merge(other: BatchTotals): void {
    for (const batch of other.#batches.values()) this.#take(batch)
  }

  /** What was heard of each last, in the order in which they were handed in. */
  all(): readonly LatestChange[] {
    return this.#sorted().map(({ submittedAtMs, last }) => ({ ...last, submittedAtMs }))
  }

  /** `execution.batches`; nothing where there are none. */
  summary(utcOffsetMinutes: number): Pick<Metadata['execution'], 'batches'> {
    if (this.size === 0) return {}
    const at = (atMs: number) => isoTimestamp(atMs, utcOffsetMinutes)
    return {
      batches: this.#sorted().map(({ submittedAtMs, last }) => ({
        id: last.batch,
        provider_id: last.providerId ?? null,
        model: last.model,
        state: last.state,
        lines: last.lines,
        answered: last.answered ?? null,
        submitted_at: at(submittedAtMs),
        changed_at: at(last.atMs),
        ...(last.reason === undefined ? {} : { reason: last.reason }),
      })),
    }
  }

  #take({ submittedAtMs, last }: KnownBatch): void {
    const known = this.#batches.get(last.batch)
    if (known === undefined) {
      this.#batches.set(last.batch, { submittedAtMs, last })
      return
    }
    const isLater = comesAfter(last, known.last)
    const [earlier, later] = isLater ? [known.last, last] : [last, known.last]
    this.#batches.set(last.batch, {
      submittedAtMs: Math.min(known.submittedAtMs, submittedAtMs),
      // The provider's name is told once.
      last: {
        ...later,
        providerId: later.providerId ?? earlier.providerId,
        answered: later.answered ?? earlier.answered,
      },
    })
  }

  #sorted(): readonly KnownBatch[] {
    return [...this.#batches.values()].sort(
      (one, other) => one.submittedAtMs - other.submittedAtMs || (one.last.batch < other.last.batch ? -1 : 1),
    )
  }
}

const order = ['submitting', 'waiting', 'ended', 'failed', 'withdrawn'] as const

/** The same from whichever side they come, so that parts of a ledger may be folded in any order. */
function comesAfter(change: BatchChange, known: BatchChange): boolean {
  if (change.atMs !== known.atMs) return change.atMs > known.atMs
  const [own, other] = [order.indexOf(change.state), order.indexOf(known.state)]
  return own !== other ? own > other : JSON.stringify(change) > JSON.stringify(known)
}
