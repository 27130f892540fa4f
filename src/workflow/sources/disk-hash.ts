import { contentHash, createFileHash, feed } from './content-hash.ts'
import { readBytes } from './read-bytes.ts'
import type { FileToRead } from './read-files.ts'

/** Most bytes that are hashed without being parsed, when a read stops early; beyond it there is no hash. */
const maxUnparsedBytes = 1024 ** 3

/**
 * Completes the hashes of files that were read in part, so that a run over the first ten records names the same dataset as a run
 * over all. Undefined when more than 1 GiB is left: no hash rather than one that depends on where the read stopped.
 */
export async function completeHash(
  files: readonly FileToRead[],
  maxBytes = maxUnparsedBytes,
): Promise<string | undefined> {
  // Files may have been moved away meanwhile; a run does not fail for the sake of a digest.
  return complete(files, maxBytes).catch(() => undefined)
}

async function complete(files: readonly FileToRead[], maxBytes: number): Promise<string | undefined> {
  let left = 0
  const hashes = files.map(({ file, hash = createFileHash(file.path) }) => {
    const isWhole = hash.bytes >= file.bytes
    // Unpacking reads ahead on its own, so a gzip file that was left early starts anew.
    const usable = isWhole || !file.isGzip ? hash : createFileHash(file.path)
    left += Math.max(0, file.bytes - usable.bytes)
    return usable
  })
  if (left > maxBytes) return undefined
  for (const [index, hash] of hashes.entries()) {
    const { path, name } = files[index]?.file ?? { path: hash.path, name: hash.path }
    for await (const chunk of readBytes({ path, name, start: hash.bytes })) feed(hash, chunk)
  }
  return contentHash(hashes)
}
