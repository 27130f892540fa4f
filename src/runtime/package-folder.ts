import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The folder of this package, with its package.json, as seen from here and from the folder of chunks, which is as deep. Not by
 * `new URL` on a path: bundlers take that for a file which they must find.
 *
 * @throws in a bundle that is no ES module, which has no address.
 */
export function packageFolder(): string {
  return join(dirname(fileURLToPath(import.meta.url)), '..', '..')
}
