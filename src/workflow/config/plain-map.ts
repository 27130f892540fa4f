/** A map as JSON has it, and no object of a class. */
export function isPlainMap(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Where a value lies: keys of maps and indexes of lists, from the outside in. */
export type ValuePath = readonly (string | number)[]

/**
 * A value with whatever `change` gives in the place of what it holds, in lists and maps too. What `change` gives back as it was
 * is looked into; what it gives anew is not. Nothing that was given is changed.
 */
export function mapValues(
  value: unknown,
  change: (value: unknown, path: ValuePath) => unknown,
  path: ValuePath = [],
): unknown {
  const changed = change(value, path)
  if (changed !== value) return changed
  if (Array.isArray(value)) return value.map((item, index) => mapValues(item, change, [...path, index]))
  return isPlainMap(value) ? mapMap(value, change, path) : value
}

/** The same for a map that is to stay one. */
export function mapMap(
  map: Readonly<Record<string, unknown>>,
  change: (value: unknown, path: ValuePath) => unknown,
  path: ValuePath = [],
): Record<string, unknown> {
  // No assignment to keys: one of them may be "__proto__".
  return Object.fromEntries(Object.entries(map).map(([key, item]) => [key, mapValues(item, change, [...path, key])]))
}
