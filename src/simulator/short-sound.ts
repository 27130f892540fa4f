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
