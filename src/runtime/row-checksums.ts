import { createReadStream } from 'node:fs'
import { checksumOf } from './ledger-line.ts'

const newline = 10

/** How often each line of a file is there, by its checksum; empty for a file that is not there. Half a line is no line. */
export async function rowChecksums(path: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  let parts: Buffer[] = []
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
      if (!Buffer.isBuffer(chunk)) continue
      let start = 0
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
        const line = Buffer.concat([...parts, chunk.subarray(start, end)])
        const checksum = checksumOf(line)
        counts.set(checksum, (counts.get(checksum) ?? 0) + 1)
        parts = []
        start = end + 1
      }
      if (start < chunk.length) parts.push(chunk.subarray(start))
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  return counts
}

/** Takes a line off the counts; false when it is not there, or not any more. */
export function takeChecksum(counts: Map<string, number>, checksum: string): boolean {
  const count = counts.get(checksum) ?? 0
  if (count === 0) return false
  counts.set(checksum, count - 1)
  return true
}
