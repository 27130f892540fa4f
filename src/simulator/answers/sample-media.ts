import zlib from 'node:zlib'

const edge = 64

/** A picture of 64 × 64 points as a PNG file: stripes in two colours of the caller's choice, each 0 to 1. */
export function smallImage([red, green, blue]: readonly [number, number, number]): Buffer {
  const rows = Buffer.alloc(edge * (1 + edge * 3))
  for (let y = 0; y < edge; y += 1) {
    for (let x = 0; x < edge; x += 1) {
      const at = y * (1 + edge * 3) + 1 + x * 3
      const shade = (x + y) % 16 < 8 ? 255 : 160
      rows.writeUInt8(Math.round(red * shade), at)
      rows.writeUInt8(Math.round(green * shade), at + 1)
      rows.writeUInt8(Math.round(blue * shade), at + 2)
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(edge, 0)
  header.writeUInt32BE(edge, 4)
  // Eight bits for each of red, green and blue.
  header.writeUInt8(8, 8)
  header.writeUInt8(2, 9)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', zlib.deflateSync(rows)), chunk('IEND')])
}

function chunk(type: string, content = Buffer.alloc(0)): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(zlib.crc32(named))
  return Buffer.concat([length, named, sum])
}

const sampleRate = 8_000
const headerBytes = 44
const leastSeconds = 0.1
const mostSeconds = 1

/** A tone as a WAV file (8 bits, one channel, 8 kHz): as long as is asked for, between a tenth of a second and one. */
export function shortSound(seconds = leastSeconds): Buffer {
  const samples = Math.round(Math.min(mostSeconds, Math.max(leastSeconds, seconds)) * sampleRate)
  const file = Buffer.alloc(headerBytes + samples)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(file.length - 8, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  // PCM, one channel; as many bytes as samples, since each has one byte.
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(sampleRate, 24)
  file.writeUInt32LE(sampleRate, 28)
  file.writeUInt16LE(1, 32)
  file.writeUInt16LE(8, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(samples, 40)
  for (let index = 0; index < samples; index += 1) {
    file[headerBytes + index] = 128 + Math.round(60 * Math.sin((index * 2 * Math.PI * 440) / sampleRate))
  }
  return file
}
