import { z } from 'zod'

/** The keys that every node may have, whatever its kind. */
export const nodeSettings = {
  node_state: z.enum(['active', 'idle']).optional().describe('An idle node is passed over.'),
  node_name: z.string().optional().describe('A name to show.'),
  summary: z.string().optional(),
}

/** `batch` of the kinds whose calls can wait. */
export const batchSetting = z
  .boolean()
  .optional()
  .describe('Hand its calls in as batches, at a lower price; what the run says (--batch-api) where it is left out.')

/** `output_keys` of the kinds that have it. */
export const outputKeysSetting = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)], { error: 'a state key or a list of state keys' })
  .optional()
  .describe('The state keys that the node writes.')

/** The keys of a checked `output_keys`; undefined where it is left out. */
export function declaredKeys(keys: string | readonly string[] | undefined): readonly string[] | undefined {
  return keys === undefined ? undefined : [keys].flat()
}

/** The texts of an unchecked `output_keys`; undefined where there are none. */
export function outputKeysIn({ output_keys: keys }: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const named = [keys].flat().filter((key) => typeof key === 'string')
  return named.length > 0 ? named : undefined
}

/** The keys of an unchecked setting that is a map; none where it is something else. */
export function keysOfMap(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []
}
