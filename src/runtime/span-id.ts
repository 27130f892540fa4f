import { randomBytes } from 'node:crypto'

/** A new id of a span: 16 hexadecimal digits. */
export function newSpanId(): string {
  return randomBytes(8).toString('hex')
}
