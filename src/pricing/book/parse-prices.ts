import { isMap, isNode, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { SygraError } from '../../errors.ts'
import type { PriceBook } from './price-book.ts'
import { priceBookOf } from './price-book-entries.ts'
import { classPricesSchema, mappingSchema, pricesFileSchema, statedPriceSchema } from './price-book-schema.ts'

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

/**
 * A short digest of a text, 14 hexadecimal digits: tells two versions of a prices file apart. It guards against mix-ups, not
 * against anyone. (Two 32-bit halves, each a multiply-and-xor over the characters.)
 */
function digestOf(text: string): string {
  let low = 0x9e3779b9
  let high = 0x85ebca6b
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    low = Math.imul(low ^ code, 0x01000193)
    high = Math.imul(high ^ code, 0x5bd1e995)
  }
  low = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d) ^ (high >>> 13)
  high = Math.imul(high ^ (high >>> 13), 0x297a2d39) ^ (low >>> 16)
  return hex(high & 0xffffff, 6) + hex(low, 8)
}

function hex(value: number, digits: number): string {
  return (value >>> 0).toString(16).padStart(digits, '0')
}

type Issue = z.core.$ZodIssue

/** A fault in a value: where it is, and what was expected and found, in words for people. */
interface Fault {
  readonly path: readonly (string | number)[]
  readonly text: string
  /** The unknown key itself, where the fault is one. */
  readonly key?: string
}

/** The first fault that a schema found in a value. */
function faultOf(issues: readonly Issue[], value: unknown): Fault {
  const issue = issues[0]
  return issue === undefined ? { path: [], text: 'invalid' } : describe(issue, [], value)
}

function describe(issue: Issue, base: readonly PropertyKey[], value: unknown): Fault {
  const path = [...base, ...issue.path].map((key) => (typeof key === 'symbol' ? String(key) : key))
  if (issue.code === 'invalid_union') {
    const branch = closestBranch(issue.errors)
    if (branch !== undefined) return describe(branch, path, value)
    return { path, text: `expected ${kindsOf(issue.errors)}, found ${shown(valueAt(value, path))}` }
  }
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? ''
    return { path, key, text: `unknown key "${key}"; expected one of ${keysAt(path).join(', ')}` }
  }
  if (issue.code === 'invalid_type') {
    return { path, text: `expected ${kindNamed(issue.expected)}, found ${shown(valueAt(value, path))}` }
  }
  if (issue.code === 'too_small' && issue.origin !== 'string') {
    return { path, text: `expected ${issue.minimum} or more, found ${shown(valueAt(value, path))}` }
  }
  if (issue.code === 'too_big')
    return { path, text: `expected ${issue.maximum} or less, found ${shown(valueAt(value, path))}` }
  return { path, text: `${issue.message}, found ${shown(valueAt(value, path))}` }
}

/** The keys that a mapping at this place of a prices file, or of `pricing:`, may have. */
function keysAt(path: readonly (string | number)[]): readonly string[] {
  if (path.includes('long_context')) return ['above', ...Object.keys(classPricesSchema.shape)]
  if (path.includes('tiers')) return Object.keys(classPricesSchema.shape)
  if (path[0] === 'models' || path[0] === 'aliases') return Object.keys(mappingSchema.shape)
  return Object.keys(path[0] === 'prices' ? statedPriceSchema.shape : pricesFileSchema.shape)
}

// The branch that fits the outer shape of the value: one whose first fault lies inside it, or is a key too many.
function closestBranch(branches: readonly (readonly Issue[])[]): Issue | undefined {
  const firsts = branches.flatMap((issues) => issues.slice(0, 1))
  return firsts.find(({ path }) => path.length > 0) ?? firsts.find(({ code }) => code !== 'invalid_type')
}

function kindsOf(branches: readonly (readonly Issue[])[]): string {
  const kinds = branches.flat().flatMap((issue) => (issue.code === 'invalid_type' ? [kindNamed(issue.expected)] : []))
  return [...new Set(kinds)].join(' or ')
}

function kindNamed(kind: string): string {
  if (kind === 'record' || kind === 'object') return 'a mapping'
  if (kind === 'array') return 'a list'
  return kind === 'int' ? 'a whole number' : `a ${kind}`
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let found = value
  for (const key of path) found = isRecord(found) ? found[key] : undefined
  return found
}

function isRecord(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a mapping'
  return JSON.stringify(value)
}
