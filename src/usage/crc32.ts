const table = new Uint32Array(256)
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1
  table[byte] = remainder
}

/** The CRC-32 (IEEE 802.3) of the bytes from `start` to `end`, as an unsigned number. */
export function crc32(bytes: Uint8Array, start: number, end: number): number {
  let remainder = 0xffffffff
  for (let index = start; index < end; index++) {
    remainder = (table[(remainder ^ (bytes[index] ?? 0)) & 0xff] ?? 0) ^ (remainder >>> 8)
  }
  return (remainder ^ 0xffffffff) >>> 0
}
