import { fileLines } from '../files/file-lines.ts'
import { checksumOf } from './ledger-line.ts'

/** The lines of a file by their checksums. Memory grows with their number, not with their length. */
export class RowChecksums {
  // As numbers they take half the memory.
  readonly #counts = new Map<number, number>()

  /** Of a file; of one that is not there, none. Half a line is no line. */
  static async read(path: string): Promise<RowChecksums> {
    const checksums = new RowChecksums()
    for await (const line of fileLines(path)) checksums.#add(checksumOf(line))
    return checksums
  }

  /** How many different lines are left. */
  get size(): number {
    return this.#counts.size
  }

  /** Takes a line away; false when it is not there, or not any more. */
  take(checksum: string): boolean {
    const key = Number.parseInt(checksum, 16)
    const count = this.#counts.get(key) ?? 0
    if (count > 1) this.#counts.set(key, count - 1)
    else this.#counts.delete(key)
    return count > 0
  }

  #add(checksum: string): void {
    const key = Number.parseInt(checksum, 16)
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }
}
