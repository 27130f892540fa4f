/** A value of an attribute; a number that must stay a double, though it may be whole, is written as such. */
export type AttributeValue = string | number | boolean | readonly string[] | { readonly double: number }

export type Attributes = Readonly<Record<string, AttributeValue | undefined>>

/** A finished span, ready to be sent. */
export interface SpanData {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits. */
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly kind: 'internal' | 'client'
  /** Milliseconds since 1970. */
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly attributes: Attributes
  /** Why it failed, where it did. */
  readonly error: string | undefined
}

/** A span that another may be a child of. */
export interface SpanPlace {
  readonly traceId: string
  readonly spanId: string
}

/** The trace of a run: the id of the run itself, so that one leads to the other. */
export function traceIdOf(runId: string): string {
  const digits = runId.replaceAll('-', '').toLowerCase()
  return /^[0-9a-f]{32}$/.test(digits) && !/^0+$/.test(digits) ? digits : spanIdOf(runId) + spanIdOf(`${runId} trace`)
}

/**
 * An id that follows from what the span is of: the same whether it is sent while a run goes on or from its ledger, and however
 * often. 64 bits of two mixed 32-bit hashes.
 */
export function spanIdOf(...parts: readonly (string | number | undefined)[]): string {
  const text = parts.join('\n')
  let [a, b] = [0xdeadbeef, 0x41c6ce57]
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    a = Math.imul(a ^ code, 0x9e3779b1)
    b = Math.imul(b ^ code, 0x5f356495)
  }
  const high = mixed(a, b)
  const low = mixed(b, a)
  return (high === 0 && low === 0 ? 1 : high).toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
}

function mixed(value: number, other: number): number {
  const first = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  return (first ^ Math.imul(other ^ (other >>> 13), 0xc2b2ae35) ^ (first >>> 13)) >>> 0
}
