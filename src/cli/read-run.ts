import { readFile, stat } from 'node:fs/promises'
import { messageOf, SygraError } from '../errors.ts'
import { parseMetadata } from '../metadata/parse.ts'
import type { Metadata } from '../metadata/schema.ts'
import { formatBytes } from '../report/format-numbers.ts'

// Two hundred thousand nodes would take less; what is larger is no metadata file, and would only fill the memory.
const maxBytes = 200_000_000

/**
 * Reads and checks a metadata file.
 *
 * @throws SygraError `not_found` or `bad_metadata`
 */
export async function readRun(path: string): Promise<Metadata> {
  let text: string
  try {
    const { size } = await stat(path)
    if (size > maxBytes) {
      throw new SygraError('bad_metadata', `${path}: ${formatBytes(size)} is too large for a metadata file`)
    }
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof SygraError) throw error
    throw new SygraError('not_found', `${path}: cannot be read: ${messageOf(error)}`, { cause: error })
  }
  return parseMetadata(text, path)
}
