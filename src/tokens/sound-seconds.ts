/** Encoded sound is at least so many bytes a second at the usual rates: a length told by it is rather too long than too short. */
const bytesPerSecond = 7_500

/** How long a sound is, in seconds: by the header of a WAV file, else as much as its bytes may be at the usual rates. */
export function soundSeconds(bytes: Uint8Array): number {
  return wavSeconds(bytes) ?? bytes.byteLength / bytesPerSecond
}

const rateAt = 28
const leastHeader = 44

function wavSeconds(bytes: Uint8Array): number | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (buffer.length < leastHeader || buffer.toString('latin1', 0, 4) !== 'RIFF') return undefined
  if (buffer.toString('latin1', 8, 12) !== 'WAVE') return undefined
  const rate = buffer.readUInt32LE(rateAt)
  // The stated length of the data may be a placeholder, where the file was made as a stream: what is there counts.
  return rate > 0 ? (buffer.length - leastHeader) / rate : undefined
}
