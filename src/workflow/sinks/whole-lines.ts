import { createReadStream } from 'node:fs'

const newline = 10

/** The lines of a file that end in a line end: their number and bytes; 0 for a file that is not there. */
export async function wholeLines(path: string): Promise<{ readonly bytes: number; readonly lines: number }> {
  let [bytes, lines, offset] = [0, 0, 0]
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
      if (!(chunk instanceof Uint8Array)) continue
      for (let index = chunk.indexOf(newline); index !== -1; index = chunk.indexOf(newline, index + 1)) {
        lines += 1
        bytes = offset + index + 1
      }
      offset += chunk.byteLength
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { bytes: 0, lines: 0 }
    throw error
  }
  return { bytes, lines }
}
