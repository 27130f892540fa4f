import { isMap, isNode, LineCounter, parseDocument } from 'yaml'
import { SygraError } from '../../errors.ts'
import { digestOf } from './digest.ts'
import type { PriceBook } from './price-book.ts'
import { priceBookOf } from './price-book-entries.ts'
import { pricesFileSchema } from './price-book-schema.ts'
import { type Fault, faultOf } from './schema-fault.ts'

/**
 * Reads a prices file, YAML or JSON. A bad one is refused with `bad_prices` and `path:line:column: what is wrong`. The
 * version is a digest of the text unless one is given.
 */
export function parsePrices(text: string, path: string, version: string = digestOf(text)): PriceBook {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) throw refusal(path, lines.linePos(error.pos[0]), error.message)
  const value: unknown = document.toJS() ?? {}
  const parsed = pricesFileSchema.safeParse(value)
  if (parsed.success) return priceBookOf(parsed.data, { source: path, version })
  const fault = faultOf(parsed.error.issues, value)
  throw refusal(path, lines.linePos(offsetOf(document, fault)), fault.text)
}

/**
 * Reads `pricing:` of a model in models.yaml: a price, a list of prices with their first days, or the model that it is. The
 * book holds for whatever model it is asked for. A bad one is refused with `bad_prices`; `where` begins the message, such as
 * `models.yaml: fast_model`.
 */
export function pricingOfModel(pricing: unknown, where: string): PriceBook {
  const isMapping = typeof pricing === 'object' && pricing !== null && 'model' in pricing
  // Read as the only entry of a prices file, so that both have one set of rules.
  const value = isMapping ? { models: { model: pricing } } : { prices: { model: pricing } }
  const parsed = pricesFileSchema.safeParse(value)
  if (!parsed.success) {
    const { path, text } = faultOf(parsed.error.issues, value)
    throw new SygraError('bad_prices', `${[where, 'pricing', ...path.slice(2)].join('.')}: ${text}`)
  }
  const origin = { source: 'models.yaml', version: digestOf(JSON.stringify(pricing)) }
  const { prices, models } = priceBookOf(parsed.data, origin)
  const everyModel = { prices: prices.get('model') ?? [], mapping: models.get('model') }
  return { ...origin, prices: new Map(), models: new Map(), everyModel }
}

// The place of the nearest thing that exists: a missing key is shown at the mapping that lacks it.
function offsetOf(document: ReturnType<typeof parseDocument>, { path, key }: Fault): number {
  if (key !== undefined) {
    const parent = path.length === 0 ? document.contents : document.getIn(path, true)
    const pair = isMap(parent) ? parent.items.find((item) => String(item.key) === key) : undefined
    if (isNode(pair?.key)) return pair.key.range?.[0] ?? 0
  }
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node)) return node.range?.[0] ?? 0
  }
  return document.contents?.range?.[0] ?? 0
}

function refusal(path: string, at: { readonly line: number; readonly col: number }, text: string): SygraError {
  return new SygraError('bad_prices', `${path}:${at.line}:${at.col}: ${text}`)
}
