/** True for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The member of an object, or undefined when this is no object. */
export function memberOf(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined
}

/** The first element of a list, or undefined when this is no list. */
export function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined
}

/** The value as a number of tokens: a whole number from 0; anything else counts as not reported. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

/** The value as a name of up to 256 characters; an empty text counts as not reported. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 256) : undefined
}

/** True when the value is a text or a list with something in it. */
export function isFilled(value: unknown): boolean {
  return (typeof value === 'string' || Array.isArray(value)) && value.length > 0
}
