import {
  addMoney,
  type CostLine,
  type CostStatus,
  type FeeLine,
  isFeeLine,
  type MoneySum,
  mergeMoney,
  noMoney,
  type PriceReference,
  type RequestCost,
  type TokenLine,
} from '../cost.ts'

/**
 * What was paid at one price: a product of a price source in one tier, a line for each class of tokens and its price, and
 * for each fee.
 */
export interface Receipt {
  readonly price: PriceReference
  readonly status: CostStatus
  requests: number
  readonly total: MoneySum
  readonly lines: Map<string, ReceiptLine>
  /** What the lines add up to where the provider reported the total, if that is known of every request. */
  calculated?: MoneySum | undefined
  /** Where a machine is paid instead of tokens. */
  readonly busy?: { readonly microseconds: number; readonly usdPerHour: number }
}

/** The sum of the lines of one class or one fee, at one price. */
export type ReceiptLine = TokenSum | FeeSum

export interface TokenSum {
  readonly type: 'tokens'
  readonly of: Pick<TokenLine, 'tokenClass' | 'usdPerMillion'>
  quantity: number
  readonly total: MoneySum
}

export interface FeeSum {
  readonly type: 'fee'
  readonly of: Pick<FeeLine, 'unit' | 'variant' | 'usdPerUnit' | 'source'>
  quantity: number
  readonly total: MoneySum
}

/** The receipts of many requests, one for each price used. */
export class ReceiptTotals {
  readonly #receipts = new Map<string, Receipt>()
  readonly #whole: Receipt[] = []
  // Nearly every request has the price of the one before it: its key need not be built again.
  #lastPrice: PriceReference | undefined
  #lastStatus: CostStatus | undefined
  #lastReceipt: Receipt | undefined

  /** Adds what a request cost, or several together. */
  add(cost: RequestCost, requests = 1): void {
    if (cost.price === undefined) return
    const receipt = this.#receiptFor(cost.price, cost.status)
    receipt.requests += requests
    addMoney(receipt.total, cost.picodollars)
    if (cost.calculatedPicodollars === undefined) receipt.calculated = undefined
    else if (receipt.calculated !== undefined) addMoney(receipt.calculated, cost.calculatedPicodollars)
    for (const line of cost.lines) {
      const sum = sumFor(receipt, line)
      sum.quantity += isFeeLine(line) ? line.quantity : line.tokens
      addMoney(sum.total, line.picodollars)
    }
  }

  merge(other: ReceiptTotals): void {
    this.#whole.push(...other.#whole)
    for (const from of other.#receipts.values()) {
      const into = this.#receiptFor(from.price, from.status)
      into.requests += from.requests
      mergeMoney(into.total, from.total)
      if (from.calculated === undefined) into.calculated = undefined
      else if (into.calculated !== undefined) mergeMoney(into.calculated, from.calculated)
      for (const [key, line] of from.lines) {
        const sum = into.lines.get(key)
        if (sum === undefined) into.lines.set(key, { ...line, total: { ...line.total } })
        else {
          sum.quantity += line.quantity
          mergeMoney(sum.total, line.total)
        }
      }
    }
  }

  /** Adds a receipt that is no sum over requests; two of these are never one. */
  addWhole(receipt: Receipt): void {
    this.#whole.push(receipt)
  }

  /** In an order that the order of requests does not change. */
  list(): readonly Receipt[] {
    const keyed = [...this.#receipts.values(), ...this.#whole].map((receipt) => ({ key: keyOf(receipt), receipt }))
    return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ receipt }) => receipt)
  }

  #receiptFor(price: PriceReference, status: CostStatus): Receipt {
    if (price === this.#lastPrice && status === this.#lastStatus && this.#lastReceipt) return this.#lastReceipt
    const key = keyOf({ price, status })
    let receipt = this.#receipts.get(key)
    if (receipt === undefined) {
      receipt = { price, status, requests: 0, total: noMoney(), lines: new Map(), calculated: noMoney() }
      this.#receipts.set(key, receipt)
    }
    this.#lastPrice = price
    this.#lastStatus = status
    this.#lastReceipt = receipt
    return receipt
  }
}

function keyOf({ price, status, busy }: Pick<Receipt, 'price' | 'status' | 'busy'>): string {
  const { source, version, provider, product, tier, date, place } = price
  return [provider, product, tier, date, place, status, source, version, busy?.usdPerHour, busy?.microseconds].join(
    '\n',
  )
}

function sumFor(receipt: Receipt, line: CostLine): ReceiptLine {
  const key = isFeeLine(line)
    ? `${line.unit} ${line.variant ?? ''} ${line.usdPerUnit} ${line.source ?? ''}`
    : `${line.tokenClass} ${line.usdPerMillion}`
  let sum = receipt.lines.get(key)
  if (sum === undefined) {
    sum = { ...kindOf(line), quantity: 0, total: noMoney() }
    receipt.lines.set(key, sum)
  }
  return sum
}

function kindOf(line: CostLine): Pick<TokenSum, 'type' | 'of'> | Pick<FeeSum, 'type' | 'of'> {
  if (!isFeeLine(line)) {
    return { type: 'tokens', of: { tokenClass: line.tokenClass, usdPerMillion: line.usdPerMillion } }
  }
  const { unit, variant, usdPerUnit, source } = line
  return { type: 'fee', of: { unit, variant, usdPerUnit, source } }
}
