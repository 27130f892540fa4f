import { isRecord } from './json-value.ts'

const maxDepth = 5
const maxMembers = 64
const maxNameLength = 40
const shortWord = /^[\w.:/-]{1,40}$/

/**
 * A copy of a provider's usage object that is safe to keep: numbers, booleans, null and the short words that name them
 * (`TEXT`, `standard`), to a bounded size. Longer texts go, for they could hold a prompt.
 */
export function rawUsageOf(value: unknown): unknown {
  return isRecord(value) ? copyOf(value, 0) : undefined
}

function copyOf(value: unknown, depth: number): unknown {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'string') return shortWord.test(value) ? value : undefined
  if (depth >= maxDepth) return undefined
  if (Array.isArray(value)) return value.slice(0, maxMembers).map((element) => copyOf(element, depth + 1) ?? null)
  return isRecord(value) ? copyMembers(value, depth) : undefined
}

function copyMembers(value: Record<string, unknown>, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  let members = 0
  for (const name in value) {
    if (++members > maxMembers) break
    const member = copyOf(value[name], depth + 1)
    // Assigning to this one name would change the object's prototype.
    if (member !== undefined && name.length <= maxNameLength && name !== '__proto__') copy[name] = member
  }
  return copy
}
