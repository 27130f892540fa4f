import { type CacheHit, type RequestEnd, succeeded } from '../../metadata/event.ts'

/**
 * Which of the answers to one prompt a call gets. The first call of a run that asks something gets the first one, the next that
 * asks the same the second: n samples of one prompt stay n different answers, in this run and in the next.
 */
export class AnswerSamples {
  readonly #taken = new Map<string, { readonly samples: Set<number>; free: number }>()

  /** @param slots what records that are done have had, where the run goes on. */
  constructor(slots: Iterable<string> = []) {
    for (const slot of slots) {
      const [digits = '', sample] = slot.split(':')
      this.#takenOf(digits).samples.add(Number(sample))
    }
  }

  /** The first sample that nobody in the run has had. */
  take(key: string): number {
    const taken = this.#takenOf(digitsOf(key))
    while (taken.samples.has(taken.free)) taken.free += 1
    taken.samples.add(taken.free)
    return taken.free
  }

  /** Gives back a sample that brought no answer. */
  give(key: string, sample: number): void {
    const taken = this.#takenOf(digitsOf(key))
    taken.samples.delete(sample)
    taken.free = Math.min(taken.free, sample)
  }

  #takenOf(digits: string) {
    let taken = this.#taken.get(digits)
    if (taken === undefined) {
      taken = { samples: new Set<number>(), free: 0 }
      this.#taken.set(digits, taken)
    }
    return taken
  }
}

/** How events name the place of an answer. */
export function slotOf(key: string, sample: number): string {
  return `${digitsOf(key)}:${sample}`
}

/** The places of answers by the record that has had them. */
export function slotOfEvent(
  event: RequestEnd | CacheHit,
): { readonly recordId: string; readonly slot: string } | undefined {
  const slot = event.type === 'cache-hit' ? event.slot : succeeded(event) ? event.cacheSlot : undefined
  return slot === undefined || event.recordId === undefined ? undefined : { recordId: event.recordId, slot }
}

function digitsOf(key: string): string {
  return key.slice(0, 16)
}
