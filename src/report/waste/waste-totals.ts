import { addMoney, type MoneySum, noMoney, usdOf } from '../../metadata/cost.ts'
import {
  type MetadataEvent,
  type NodeEnd,
  type RecordDuplicate,
  type RecordEnd,
  type RequestEnd,
  reachedProvider,
  succeeded,
} from '../../metadata/event.ts'
import { isTruncated } from '../../metadata/events/finish-reason.ts'
import { microseconds } from '../../metadata/statistics/rounding.ts'
import { promptTokensOf, type Usage } from '../../metadata/usage.ts'

/** What money and time can be spent on without bringing anything. One request may be of several kinds. */
export const wasteKinds = [
  'failed attempts',
  'waits before retries',
  'truncated answers',
  'aborted streams',
  'failed records',
  'duplicated records',
  'repeated prompts',
  'prefixes not cached',
] as const

export type WasteKind = (typeof wasteKinds)[number]

/** How much of a kind; what the kind does not have is undefined. */
export interface WasteAmount {
  readonly kind: WasteKind
  readonly count: number
  readonly seconds?: number
  readonly tokens?: number
  readonly costUsd?: number
}

interface Sum {
  count: number
  microseconds: number
  tokens: number
  readonly money: MoneySum
}

type Sums = Map<WasteKind, Sum>

/** What a record that has not ended has used in each node. */
type Spending = Map<string | undefined, { microseconds: number; picodollars: number }>

/** The waste of a run, as a whole and node by node, from its events in the order of the ledger. */
export class WasteTotals {
  readonly #run: Sums = new Map()
  readonly #nodes = new Map<string | undefined, Sums>()
  readonly #open = new Map<string, Spending>()
  readonly #answeredPrompts = new Set<string>()
  readonly #cache: MissedCache

  /** @param priceAgain what a request would have cost with other tokens; prices of cached prefixes come from it */
  constructor(priceAgain: PriceAgain) {
    this.#cache = new MissedCache(priceAgain)
  }

  add(event: MetadataEvent): void {
    if (event.type === 'request-end') this.#addRequest(event)
    else if (event.type === 'node-end') this.#addNode(event)
    else if (event.type === 'record-end') this.#endRecord(event)
    else if (event.type === 'record-duplicate') this.#endInVain(event)
  }

  /** Of the run as a whole: only kinds that occurred. */
  ofRun(): readonly WasteAmount[] {
    return amountsOf(this.#run)
  }

  /** Of each node that has any; undefined is what belongs to no node. */
  ofNodes(): ReadonlyMap<string | undefined, readonly WasteAmount[]> {
    return new Map([...this.#nodes].map(([node, sums]) => [node, amountsOf(sums)]))
  }

  #addRequest(request: RequestEnd): void {
    const { node, waitSeconds } = request
    const duration = microseconds(request.durationSeconds)
    const picodollars = request.cost?.picodollars ?? 0
    const amount = { microseconds: duration, picodollars }
    if (!succeeded(request)) this.#waste('failed attempts', node, amount)
    if (request.resendCount > 0) {
      this.#waste('waits before retries', node, { microseconds: microseconds(waitSeconds ?? 0), picodollars: 0 })
    }
    if (isTruncated(request)) this.#waste('truncated answers', node, amount)
    if (request.isAborted) this.#waste('aborted streams', node, amount)
    if (this.#repeatsPrompt(request)) this.#waste('repeated prompts', node, amount)
    const missed = reachedProvider(request) ? this.#cache.add(request) : undefined
    if (missed !== undefined) this.#waste('prefixes not cached', node, { microseconds: 0, ...missed })
    if (request.recordId !== undefined)
      this.#spend(keyOf(request, request.recordId), node, { microseconds: 0, picodollars })
  }

  // Only what was answered is a repetition: a retry repeats its prompt because it must.
  #repeatsPrompt(request: RequestEnd): boolean {
    // What a gateway had kept was kept already.
    if (request.bodyHash === undefined || !succeeded(request) || !reachedProvider(request)) return false
    const key = `${request.model}\n${request.bodyHash}`
    const isRepeated = this.#answeredPrompts.has(key)
    this.#answeredPrompts.add(key)
    return isRepeated && request.repeatsAnswer !== true
  }

  #addNode({ recordId, node, durationSeconds, worker }: NodeEnd): void {
    if (recordId === undefined) return
    this.#spend(keyOf({ worker }, recordId), node, { microseconds: microseconds(durationSeconds), picodollars: 0 })
  }

  #spend(recordId: string, node: string | undefined, amount: { microseconds: number; picodollars: number }): void {
    const spending: Spending = this.#open.get(recordId) ?? new Map()
    this.#open.set(recordId, spending)
    const sum = spending.get(node) ?? { microseconds: 0, picodollars: 0 }
    sum.microseconds += amount.microseconds
    sum.picodollars += amount.picodollars
    spending.set(node, sum)
  }

  #endRecord(end: RecordEnd): void {
    const spending = this.#takeSpending(end)
    if (end.repeatsFailure) takeBack(this.#run, 'failed records')
    if (end.succeeded) return
    const whole = { microseconds: microseconds(end.durationSeconds ?? 0), picodollars: end.costPicodollars ?? 0 }
    count(this.#run, 'failed records', whole)
    for (const [node, amount] of spending ?? []) count(this.#sumsOf(node), 'failed records', amount)
  }

  /** What a worker did for a record that was done again. */
  #endInVain(duplicate: RecordDuplicate): void {
    const { durationSeconds, costPicodollars } = duplicate
    const spending = this.#takeSpending(duplicate)
    count(this.#run, 'duplicated records', {
      microseconds: microseconds(durationSeconds),
      picodollars: costPicodollars,
    })
    for (const [node, amount] of spending ?? []) count(this.#sumsOf(node), 'duplicated records', amount)
  }

  /** What was spent for a record by who did it, which is over then. */
  #takeSpending({ recordId, worker }: Pick<RecordEnd, 'recordId' | 'worker'>): Spending | undefined {
    if (recordId === undefined) return undefined
    const key = keyOf({ worker }, recordId)
    const spending = this.#open.get(key)
    this.#open.delete(key)
    return spending
  }

  #waste(kind: WasteKind, node: string | undefined, amount: Amount): void {
    count(this.#run, kind, amount)
    count(this.#sumsOf(node), kind, amount)
  }

  #sumsOf(node: string | undefined): Sums {
    const sums: Sums = this.#nodes.get(node) ?? new Map()
    this.#nodes.set(node, sums)
    return sums
  }
}

/** Two workers may have the same record. */
function keyOf({ worker }: { readonly worker?: string }, recordId: string): string {
  return worker === undefined ? recordId : `${worker}\n${recordId}`
}

interface Amount {
  readonly microseconds: number
  readonly picodollars: number
  readonly tokens?: number
}

function count(sums: Sums, kind: WasteKind, { microseconds, picodollars, tokens = 0 }: Amount): void {
  const sum = sums.get(kind) ?? { count: 0, microseconds: 0, tokens: 0, money: noMoney() }
  sum.count += 1
  sum.microseconds += microseconds
  sum.tokens += tokens
  addMoney(sum.money, picodollars)
  sums.set(kind, sum)
}

/** One less of a kind: a failed record was done again. What was spent on it stays spent. */
function takeBack(sums: Sums, kind: WasteKind): void {
  const sum = sums.get(kind)
  if (sum !== undefined) sum.count -= 1
}

function amountsOf(sums: Sums): WasteAmount[] {
  return wasteKinds.flatMap((kind) => {
    const sum = sums.get(kind)
    if (sum === undefined) return []
    const costUsd = usdOf(sum.money)
    switch (kind) {
      case 'waits before retries':
        return { kind, count: sum.count, seconds: sum.microseconds / 1e6 }
      case 'prefixes not cached':
        return { kind, count: sum.count, tokens: sum.tokens, costUsd }
      case 'failed attempts':
      case 'truncated answers':
      case 'aborted streams':
      case 'failed records':
      case 'duplicated records':
      case 'repeated prompts':
        return { kind, count: sum.count, seconds: sum.microseconds / 1e6, costUsd }
      default:
        return kind satisfies never
    }
  })
}

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
