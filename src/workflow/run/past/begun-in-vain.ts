import type { RecordDuplicate } from '../../../metadata/event.ts'
import type { LedgerEntry } from '../../../runtime/ledger/ledger-entry.ts'

interface Begun {
  readonly recordId: string
  readonly worker: string
  picodollars: number
  readonly firstAtMs: number
  lastAtMs: number
}

/** Finds, in the ledgers of a run, what workers began and did not end: it is done again, and was paid for all the same. */
export class BegunInVain {
  readonly #begun = new Map<string, Begun>()

  add(entry: LedgerEntry, atMs: number): void {
    switch (entry.type) {
      case 'request-end': {
        const { recordId, worker, cost } = entry
        if (recordId === undefined || worker === undefined) return
        const key = keyOf(recordId, worker)
        const begun = this.#begun.get(key) ?? { recordId, worker, picodollars: 0, firstAtMs: atMs, lastAtMs: atMs }
        begun.picodollars += cost?.picodollars ?? 0
        begun.lastAtMs = atMs
        this.#begun.set(key, begun)
        break
      }
      case 'record-end':
      case 'row-write':
      case 'record-duplicate':
        if (entry.recordId !== undefined && entry.worker !== undefined) {
          this.#begun.delete(keyOf(entry.recordId, entry.worker))
        }
        break
      default:
        break
    }
  }

  events(): RecordDuplicate[] {
    return [...this.#begun.values()].map(({ recordId, worker, picodollars, firstAtMs, lastAtMs }) => ({
      type: 'record-duplicate',
      recordId,
      worker,
      costPicodollars: picodollars,
      durationSeconds: (lastAtMs - firstAtMs) / 1000,
    }))
  }
}

function keyOf(recordId: string, worker: string): string {
  return `${worker}\n${recordId}`
}
