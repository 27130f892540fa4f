import { createReadStream } from 'node:fs'

const newline = 10

/** The whole lines of a file as bytes, without their line ends; none for a file that is not there. Half a line at the end is no line. */
export async function* fileLines(path: string): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
      if (!Buffer.isBuffer(chunk)) continue
      let start = 0
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
        const piece = chunk.subarray(start, end)
        yield parts.length === 0 ? piece : Buffer.concat([...parts, piece])
        parts = []
        start = end + 1
      }
      if (start < chunk.length) parts.push(chunk.subarray(start))
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
