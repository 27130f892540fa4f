/**
 * A short digest of a text, 14 hexadecimal digits: tells two versions of a prices file apart. It guards against mix-ups, not
 * against anyone. (Two 32-bit halves, each a multiply-and-xor over the characters.)
 */
export function digestOf(text: string): string {
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
