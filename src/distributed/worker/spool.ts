import { type LedgerFile, ledgerFile } from '../../runtime/ledger/ledger-file.ts'
import type { WorkerChannel } from '../transport.ts'

/** So much may wait for the coordinator to have it on its disk. */
const maxUnkeptBytes = 8 * 1024 * 1024

/**
 * The ledger of a worker, which the coordinator writes: lines are told to it, and kept here until it has them on its disk.
 * When it is gone, the rest is written to the file itself; what is in there twice counts once.
 */
export class Spool implements LedgerFile {
  readonly #channel: WorkerChannel
  readonly #disk: LedgerFile
  readonly #unkept = new Map<number, Buffer>()
  #unkeptBytes = 0
  #number = 0
  /** Resolves when the lines that were told last have left this process. */
  #lastTold: Promise<void> = Promise.resolve()
  #isGone = false
  #wake: (() => void) | undefined

  constructor(channel: WorkerChannel, ledgerPath: string) {
    this.#channel = channel
    this.#disk = ledgerFile(ledgerPath)
  }

  /** The lines up to that number are on the disk. */
  kept(upTo: number): void {
    for (const [number, bytes] of this.#unkept) {
      if (number > upTo) break
      this.#unkept.delete(number)
      this.#unkeptBytes -= bytes.length
    }
    this.#wake?.()
  }

  /** The coordinator is gone: from now on lines go to the file. */
  goOnAlone(): void {
    if (this.#isGone) return
    this.#isGone = true
    const rest = Buffer.concat([...this.#unkept.values()])
    this.#unkept.clear()
    try {
      if (rest.length > 0) this.#disk.appendSync(rest)
    } finally {
      this.#wake?.()
    }
  }

  // Resolves when it has its place behind what was said before, and before what is said next.
  async append(bytes: Buffer): Promise<void> {
    while (this.#unkeptBytes > maxUnkeptBytes && !this.#isGone) await this.#change()
    if (this.#isGone) return this.#disk.append(bytes)
    this.#tell(bytes)
  }

  appendSync(bytes: Buffer): void {
    if (this.#isGone) this.#disk.appendSync(bytes)
    else this.#tell(bytes)
  }

  left(): Promise<void> {
    return this.#lastTold
  }

  async sync(): Promise<void> {
    if (this.#isGone) await this.#disk.sync()
  }

  // Whether it is whole is seen to by who writes it.
  size(): { readonly bytes: number; readonly ownBytes: number } {
    return this.#isGone ? this.#disk.size() : { bytes: 0, ownBytes: 0 }
  }

  restore(): void {
    if (this.#isGone) this.#disk.restore()
  }

  close(): void {
    this.#disk.close()
  }

  #tell(bytes: Buffer): void {
    this.#number += 1
    this.#unkept.set(this.#number, bytes)
    this.#unkeptBytes += bytes.length
    // Nobody is there any more where it fails: what was not kept is written then, this too.
    this.#lastTold = this.#channel.send({ type: 'lines', number: this.#number, bytes }).catch(() => this.goOnAlone())
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined
        resolve()
      }
    })
  }
}
