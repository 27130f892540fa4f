import { readFile } from 'node:fs/promises'
import { messageOf, SygraError } from '../../errors.ts'
import type { Metadata } from '../../metadata/schema.ts'

/**
 * Reads and checks a metadata file, of any format that there is.
 *
 * @throws SygraError `not_found` or `bad_metadata`, with the file and what is wrong with it.
 */
export async function readMetadata(path: string): Promise<Metadata> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new SygraError('not_found', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  })
  // The schema takes longer to load than the rest of the package: who only writes need not wait for it.
  const { parseMetadata } = await import('../../metadata/parse.ts')
  return parseMetadata(text, path)
}
