import { createReadStream } from 'node:fs'

const newline = 10

/**
 * The whole lines of a file as bytes, without their line ends; none for a file that is not there. Half a line at the end is no line.
 *
 * @param start the byte to begin at; 0 by default.
 */
export async function* fileLines(path: string, start = 0): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  try {
    for await (const chunk of createReadStream(path, { start, highWaterMark: 256 * 1024 })) {
      if (!Buffer.isBuffer(chunk)) continue
      let begin = 0
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, begin)) {
        const piece = chunk.subarray(begin, end)
        yield parts.length === 0 ? piece : Buffer.concat([...parts, piece])
        parts = []
        begin = end + 1
      }
      if (begin < chunk.length) parts.push(chunk.subarray(begin))
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
