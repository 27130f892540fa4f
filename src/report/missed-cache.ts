import { type RequestEnd, succeeded } from '../metadata/event.ts'
import { promptTokensOf, type Usage } from '../metadata/usage.ts'

/** What a recorded request would have cost with other tokens, in picodollars; undefined when nobody knows. */
export type PriceAgain = (request: RequestEnd, usage: Usage) => number | undefined

/** Providers keep a prefix for at least five minutes after its last use. */
const keptMs = 300_000
/** Tokens of the prefixes that an event has digests of: four characters each, which is a low estimate. */
const prefixTokens = [1_024, 4_096, 16_384]

interface Seen {
  readonly firstEndMs: number
  readonly lastEndMs: number
}

/**
 * Finds requests whose prompt begins as an earlier one did, which had ended by then and not longer than five minutes ago,
 * and whose provider read less of it from its cache than it could have.
 */
export class MissedCache {
  readonly #seen = new Map<string, Seen>()
  readonly #priceAgain: PriceAgain

  constructor(priceAgain: PriceAgain) {
    this.#priceAgain = priceAgain
  }

  /** The tokens that were paid in full, and what that cost more; undefined when nothing was missed. */
  add(request: RequestEnd): { readonly tokens: number; readonly picodollars: number } | undefined {
    if (!succeeded(request) || request.prefixHashes === undefined) return undefined
    const shared = request.prefixHashes.findLastIndex((hash) => this.#isKept(request, hash))
    for (const hash of request.prefixHashes) this.#note(request, hash)
    const { usage } = request
    // Who does not report what was read from a cache has none, or does not tell.
    if (shared < 0 || usage?.cacheRead === undefined || usage.input === undefined) return undefined
    const prefix = Math.min(prefixTokens[shared] ?? 0, promptTokensOf(usage) ?? 0)
    const tokens = Math.min(prefix - usage.cacheRead, usage.input)
    if (tokens <= 0) return undefined
    const cached = { ...usage, input: usage.input - tokens, cacheRead: usage.cacheRead + tokens }
    const [paid, less] = [this.#priceAgain(request, usage), this.#priceAgain(request, cached)]
    const picodollars = paid === undefined || less === undefined ? 0 : paid - less
    // The same price: the provider gives nothing for a cached prefix.
    return picodollars > 0 ? { tokens, picodollars } : undefined
  }

  #isKept({ model, startedAtMs }: RequestEnd, hash: string): boolean {
    const seen = this.#seen.get(`${model}\n${hash}`)
    return seen !== undefined && seen.firstEndMs <= startedAtMs && startedAtMs - seen.lastEndMs <= keptMs
  }

  #note({ model, startedAtMs, durationSeconds }: RequestEnd, hash: string): void {
    const key = `${model}\n${hash}`
    const endMs = startedAtMs + durationSeconds * 1000
    const { firstEndMs = endMs, lastEndMs = endMs } = this.#seen.get(key) ?? {}
    this.#seen.set(key, { firstEndMs: Math.min(firstEndMs, endMs), lastEndMs: Math.max(lastEndMs, endMs) })
  }
}
