import type { ConcurrencyChange } from '../../metadata/event.ts'
import { monotonicSeconds, nowMs } from '../../runtime/clock.ts'
import type { CalledPlace, ModelClient } from '../models/model-call.ts'
import { AdaptiveConcurrency } from './adaptive-concurrency.ts'

export interface ProviderConcurrencyOptions {
  /** Most requests at once to one provider with one key. */
  readonly most: number
  readonly onChange: (change: ConcurrencyChange) => void
}

/** Whose limits a request falls under. */
export interface ProviderPlace {
  /** Provider and host. */
  readonly name: string
  /** Of the key: each has limits of its own. */
  readonly keyDigest: string
}

/**
 * Whose limits the requests of a model to an address fall under.
 *
 * @param isSimulated all models are: their address changes from run to run.
 */
export function providerPlaceOf(
  { identity: { provider, type } }: ModelClient,
  { url, keyDigest }: CalledPlace,
  isSimulated: boolean,
): ProviderPlace {
  const host = isSimulated ? 'simulated' : hostOf(url)
  const name = [provider ?? type, host].filter((part) => part !== undefined && part !== '').join(' ') || 'model'
  return { name, keyDigest }
}

/** How many requests may be in flight: one limit for each provider, host and key. */
export class ProviderConcurrency {
  readonly #options: ProviderConcurrencyOptions
  #most: number
  readonly #limits = new Map<string, AdaptiveConcurrency>()
  readonly #keys = new Map<string, number>()

  constructor(options: ProviderConcurrencyOptions) {
    this.#options = options
    this.#most = options.most
  }

  /** The limit for requests to a place. */
  of({ name, keyDigest }: ProviderPlace): AdaptiveConcurrency {
    const id = `${name}\n${keyDigest}`
    return this.#limits.get(id) ?? this.#open(id, name)
  }

  /** Changes how many there may be at most. */
  setMost(most: number): void {
    this.#most = most
    for (const limit of this.#limits.values()) limit.setMost(most)
  }

  #open(id: string, place: string): AdaptiveConcurrency {
    const number = (this.#keys.get(place) ?? 0) + 1
    this.#keys.set(place, number)
    // The key itself is nobody's business, so a second one is only numbered.
    const provider = number === 1 ? place : `${place} (key ${number})`
    const { onChange } = this.#options
    const most = this.#most
    const tell = (limit: number, reason: ConcurrencyChange['reason']) =>
      onChange({ type: 'concurrency-change', provider, limit, reason, atMs: nowMs() })
    const opened = new AdaptiveConcurrency({
      most,
      nowSeconds: monotonicSeconds,
      schedule: scheduleSeconds,
      onChange: tell,
    })
    this.#limits.set(id, opened)
    tell(most, 'start')
    return opened
  }
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : undefined
}

function scheduleSeconds(seconds: number, run: () => void): () => void {
  const timer = setTimeout(run, Math.ceil(seconds * 1000))
  return () => clearTimeout(timer)
}
