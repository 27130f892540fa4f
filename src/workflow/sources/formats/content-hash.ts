import { createHash, type Hash } from 'node:crypto'

/** Hexadecimal digits kept of a SHA-256: 64 bits, as in the metadata file. */
const hashDigits = 16

/** The first 16 hexadecimal digits of the SHA-256 of a text. */
export function shortHash(text: string): string {
  return shortDigest(createHash('sha256').update(text))
}

/** The first 16 hexadecimal digits of a digest; ends the hash. */
export function shortDigest(hash: Hash): string {
  return hash.digest('hex').slice(0, hashDigits)
}

/** SHA-256 of one file, fed in the order of its bytes. */
export interface FileHash {
  readonly path: string
  readonly sha256: Hash
  /** Bytes fed so far, from the start of the file without a gap. */
  bytes: number
}

/** Starts the hash of one file. */
export function createFileHash(path: string): FileHash {
  return { path, sha256: createHash('sha256'), bytes: 0 }
}

/** Feeds the next bytes of the file. */
export function feed(hash: FileHash, chunk: Uint8Array): void {
  hash.sha256.update(chunk)
  hash.bytes += chunk.byteLength
}

/**
 * The content hash of files that were fed whole. Of one file it is what `sha256sum` prints, cut to 16 digits;
 * of several, the hash of their digests in the order of reading.
 */
export function contentHash(files: readonly FileHash[]): string | undefined {
  const [first, ...others] = files
  if (first === undefined) return undefined
  const digest = first.sha256.copy().digest('hex')
  if (others.length === 0) return digest.slice(0, hashDigits)
  return shortHash([digest, ...others.map((file) => file.sha256.copy().digest('hex'))].join('\n'))
}
