import type { ConcurrencyChange } from '../../metadata/event.ts'
import { monotonicSeconds, nowMs } from '../../runtime/clock.ts'
import type { CalledPlace, ModelClient } from '../models/model-call.ts'
import { AdaptiveConcurrency } from './adaptive-concurrency.ts'

export interface ProviderConcurrencyOptions {
  /** Most requests at once to one provider with one key. */
  readonly most: number
  /** All models are simulated: their address changes from run to run. */
  readonly isSimulated: boolean
  readonly onChange: (change: ConcurrencyChange) => void
}

/** How many requests may be in flight: one limit for each provider, host and key. */
export class ProviderConcurrency {
  readonly #options: ProviderConcurrencyOptions
  readonly #limits = new Map<string, AdaptiveConcurrency>()
  readonly #keys = new Map<string, number>()

  constructor(options: ProviderConcurrencyOptions) {
    this.#options = options
  }

  /** The limit for requests of a model to an address. */
  of(client: ModelClient, { url, keyDigest }: CalledPlace): AdaptiveConcurrency {
    const { provider, type } = client.identity
    const host = this.#options.isSimulated ? 'simulated' : hostOf(url)
    const place = [provider ?? type, host].filter((part) => part !== undefined && part !== '').join(' ') || 'model'
    const id = `${place}\n${keyDigest}`
    return this.#limits.get(id) ?? this.#open(id, place)
  }

  #open(id: string, place: string): AdaptiveConcurrency {
    const number = (this.#keys.get(place) ?? 0) + 1
    this.#keys.set(place, number)
    // The key itself is nobody's business, so a second one is only numbered.
    const provider = number === 1 ? place : `${place} (key ${number})`
    const { most, onChange } = this.#options
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
