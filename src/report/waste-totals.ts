import { addMoney, type MoneySum, noMoney, usdOf } from '../metadata/cost.ts'
import { microseconds } from '../metadata/duration.ts'
import { type MetadataEvent, type NodeEnd, type RecordEnd, type RequestEnd, succeeded } from '../metadata/event.ts'
import { MissedCache, type PriceAgain } from './missed-cache.ts'

/** What money and time can be spent on without bringing anything. One request may be of several kinds. */
export const wasteKinds = [
  'failed attempts',
  'waits before retries',
  'truncated answers',
  'aborted streams',
  'failed records',
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
    if (request.finishReason === 'length') this.#waste('truncated answers', node, amount)
    if (request.isAborted) this.#waste('aborted streams', node, amount)
    if (this.#repeatsPrompt(request)) this.#waste('repeated prompts', node, amount)
    const missed = this.#cache.add(request)
    if (missed !== undefined) this.#waste('prefixes not cached', node, { microseconds: 0, ...missed })
    if (request.recordId !== undefined) this.#spend(request.recordId, node, { microseconds: 0, picodollars })
  }

  // Only what was answered is a repetition: a retry repeats its prompt because it must.
  #repeatsPrompt(request: RequestEnd): boolean {
    if (request.bodyHash === undefined || !succeeded(request)) return false
    const key = `${request.model}\n${request.bodyHash}`
    const isRepeated = this.#answeredPrompts.has(key)
    this.#answeredPrompts.add(key)
    return isRepeated
  }

  #addNode({ recordId, node, durationSeconds }: NodeEnd): void {
    if (recordId === undefined) return
    this.#spend(recordId, node, { microseconds: microseconds(durationSeconds), picodollars: 0 })
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
    const spending = end.recordId === undefined ? undefined : this.#open.get(end.recordId)
    if (end.recordId !== undefined) this.#open.delete(end.recordId)
    if (end.succeeded) return
    const whole = { microseconds: microseconds(end.durationSeconds ?? 0), picodollars: end.costPicodollars ?? 0 }
    count(this.#run, 'failed records', whole)
    for (const [node, amount] of spending ?? []) count(this.#sumsOf(node), 'failed records', amount)
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
      case 'repeated prompts':
        return { kind, count: sum.count, seconds: sum.microseconds / 1e6, costUsd }
      default:
        return kind satisfies never
    }
  })
}
