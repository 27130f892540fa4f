const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

const notInAlphabet = 64

/** The six bits of each character code; 64 for what is no such character. */
const sixBits = new Uint8Array(256).fill(notInAlphabet)
for (let index = 0; index < alphabet.length; index++) sixBits[alphabet.charCodeAt(index)] = index

/** Decodes base64 from `start` up to the first byte that is not of its alphabet, such as `=` or a closing quote. */
export function decodeBase64(bytes: Uint8Array, start: number): Uint8Array {
  let end = start
  while (end < bytes.length && sixBits[bytes[end] ?? 0] !== notInAlphabet) end++
  const decoded = new Uint8Array(Math.floor(((end - start) * 3) / 4))
  let written = 0
  let held = 0
  let heldBits = 0
  for (let index = start; index < end; index++) {
    held = ((held << 6) | (sixBits[bytes[index] ?? 0] ?? 0)) & 0xffffff
    heldBits += 6
    if (heldBits < 8) continue
    heldBits -= 8
    decoded[written++] = (held >> heldBits) & 0xff
  }
  return decoded
}
