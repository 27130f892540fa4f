import { z } from 'zod'
import { SygraError } from '../errors.ts'
import { type Metadata, metadataSchema } from './schema.ts'
import { metadataVersions } from './versions.ts'

/**
 * Checks the text of a metadata file, of any format that there is.
 *
 * @throws SygraError `bad_metadata` that says which file, what was expected and what was found.
 */
export function parseMetadata(text: string, where: string): Metadata {
  const value = parseJson(text, where)
  const version = z.looseObject({ metadata_version: z.unknown() }).safeParse(value).data?.metadata_version
  if (typeof version !== 'string') {
    throw new SygraError('bad_metadata', `${where}: not a metadata file: "metadata_version" is missing`)
  }
  if (!metadataVersions.some((known) => known === version)) {
    throw new SygraError(
      'bad_metadata',
      `${where}: metadata_version "${version}" cannot be read; this version of sygra reads ${metadataVersions.join(', ')}`,
    )
  }
  const parsed = metadataSchema.safeParse(value)
  if (!parsed.success) {
    throw new SygraError('bad_metadata', `${where}: not a valid metadata file\n${z.prettifyError(parsed.error)}`)
  }
  return parsed.data
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new SygraError('bad_metadata', `${where}: not JSON: ${String(error)}`, { cause: error })
  }
}
