import type { LedgerSource } from '../run-files.ts'
import { LedgerFold } from './ledger-fold.ts'

/** How far a ledger was read. */
export interface LedgerProgress {
  readonly bytes: number
  readonly readBytes: number
  /** All that the file held a moment ago is in the figures. */
  readonly isWhole: boolean
}

/** What there is to show of a ledger now. */
export interface LedgerPicture {
  readonly fold: LedgerFold
  /** How many requests each request stands for: 1, or more while only a sample was read. */
  readonly weight: number
}

export interface LedgerViewOptions {
  readonly source: LedgerSource
  readonly sizeOf: () => Promise<number>
  /** Folds the totals as well, for runs whose metadata file is behind. */
  readonly withTotals: boolean
  /** Up to this size a ledger is read before anything is shown; of a larger one a sample is shown first. */
  readonly wholeBytes?: number
}

const defaultWholeBytes = 24_000_000
const sampleParts = 96
const samplePartBytes = 96 * 1024
/** A window of a sample is not cut into more spans than this, or some would hold no part of it. */
export const maxSampleSpans = sampleParts / 2

/** Reads a ledger once and then what is appended; shows a sample of a large one until it has read it. */
export class LedgerView {
  readonly #options: LedgerViewOptions
  readonly #fold: LedgerFold
  #sample: LedgerPicture | undefined
  #bytes = 0
  #reading: Promise<void> | undefined

  constructor(options: LedgerViewOptions) {
    this.#options = options
    this.#fold = new LedgerFold(options)
  }

  get progress(): LedgerProgress {
    const { readBytes } = this.#options.source
    return { bytes: this.#bytes, readBytes, isWhole: readBytes >= this.#bytes }
  }

  /** Waits until there is something to show, and no longer; what is still to be read is read meanwhile. */
  async picture(): Promise<LedgerPicture> {
    const { source, sizeOf, wholeBytes = defaultWholeBytes } = this.#options
    this.#bytes = Math.max(this.#bytes, await sizeOf())
    const isSmall = this.#bytes - source.readBytes <= wholeBytes
    if (!isSmall && source.readBytes < this.#bytes / 2) this.#sample ??= await this.#takeSample()
    const reading = this.#read()
    if (isSmall) await reading
    const isBehind = this.#sample !== undefined && !this.progress.isWhole
    if (!isBehind) this.#sample = undefined
    return this.#sample ?? { fold: this.#fold, weight: 1 }
  }

  /** Reads all that is there now, however long it takes. */
  async readWhole(): Promise<void> {
    this.#bytes = await this.#options.sizeOf()
    await this.#read()
  }

  /** What was read so far, however much that is. */
  get fold(): LedgerFold {
    return this.#fold
  }

  #read(): Promise<void> {
    this.#reading ??= this.#options.source
      .read((event, atMs) => this.#fold.add(event, atMs))
      .finally(() => {
        this.#reading = undefined
      })
    // Whoever waits for it hears of a failure; when nobody waits, the next one who asks does.
    this.#reading.catch(() => {})
    return this.#reading
  }

  async #takeSample(): Promise<LedgerPicture> {
    const fold = new LedgerFold({ withTotals: false })
    const distance = Math.max(samplePartBytes, Math.floor((this.#bytes - samplePartBytes) / (sampleParts - 1)))
    for (let start = 0; start < this.#bytes; start += distance) {
      const end = Math.min(this.#bytes, start + samplePartBytes)
      await this.#options.source.readPart({ start, end }, (event, atMs) => fold.add(event, atMs))
    }
    return { fold, weight: Math.max(1, this.#bytes / (sampleParts * samplePartBytes)) }
  }
}
