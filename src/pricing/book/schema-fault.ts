import type { z } from 'zod'
import { classPricesSchema, mappingSchema, pricesFileSchema, statedPriceSchema } from './price-book-schema.ts'

type Issue = z.core.$ZodIssue

/** A fault in a value: where it is, and what was expected and found, in words for people. */
export interface Fault {
  readonly path: readonly (string | number)[]
  readonly text: string
  /** The unknown key itself, where the fault is one. */
  readonly key?: string
}

/** The first fault that a schema found in a value. */
export function faultOf(issues: readonly Issue[], value: unknown): Fault {
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
