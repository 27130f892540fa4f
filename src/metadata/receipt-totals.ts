import {
  addMoney,
  type CostStatus,
  type MoneySum,
  mergeMoney,
  noMoney,
  type PriceReference,
  type RequestCost,
} from './cost.ts'
import type { TokenClass } from './usage.ts'

/** What was paid at one price: a product of a price source in one tier, a line for each class of tokens and its price. */
export interface Receipt {
  readonly price: PriceReference
  readonly status: CostStatus
  requests: number
  readonly total: MoneySum
  readonly lines: Map<string, ReceiptLine>
}

export interface ReceiptLine {
  readonly tokenClass: TokenClass
  readonly usdPerMillion: number
  tokens: number
  readonly total: MoneySum
}

/** The receipts of many requests, one for each price used. */
export class ReceiptTotals {
  readonly #receipts = new Map<string, Receipt>()
  // Nearly every request has the price of the one before it: its key need not be built again.
  #lastPrice: PriceReference | undefined
  #lastStatus: CostStatus | undefined
  #lastReceipt: Receipt | undefined

  add(cost: RequestCost): void {
    if (cost.price === undefined) return
    const receipt = this.#receiptFor(cost.price, cost.status)
    receipt.requests += 1
    addMoney(receipt.total, cost.picodollars)
    for (const line of cost.lines) {
      const total = lineFor(receipt, line.tokenClass, line.usdPerMillion)
      total.tokens += line.tokens
      addMoney(total.total, line.picodollars)
    }
  }

  merge(other: ReceiptTotals): void {
    for (const from of other.list()) {
      const into = this.#receiptFor(from.price, from.status)
      into.requests += from.requests
      mergeMoney(into.total, from.total)
      for (const line of from.lines.values()) {
        const total = lineFor(into, line.tokenClass, line.usdPerMillion)
        total.tokens += line.tokens
        mergeMoney(total.total, line.total)
      }
    }
  }

  list(): readonly Receipt[] {
    return [...this.#receipts.values()]
  }

  #receiptFor(price: PriceReference, status: CostStatus): Receipt {
    if (price === this.#lastPrice && status === this.#lastStatus && this.#lastReceipt) return this.#lastReceipt
    const key = [status, price.source, price.version, price.provider, price.product, price.tier, price.date].join('\n')
    let receipt = this.#receipts.get(key)
    if (receipt === undefined) {
      receipt = { price, status, requests: 0, total: noMoney(), lines: new Map() }
      this.#receipts.set(key, receipt)
    }
    this.#lastPrice = price
    this.#lastStatus = status
    this.#lastReceipt = receipt
    return receipt
  }
}

function lineFor(receipt: Receipt, tokenClass: TokenClass, usdPerMillion: number): ReceiptLine {
  const key = `${tokenClass} ${usdPerMillion}`
  let line = receipt.lines.get(key)
  if (line === undefined) {
    line = { tokenClass, usdPerMillion, tokens: 0, total: noMoney() }
    receipt.lines.set(key, line)
  }
  return line
}
