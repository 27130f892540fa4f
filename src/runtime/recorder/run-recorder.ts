import type { Metadata } from '../../metadata/schema.ts'
import type { MetadataCollector } from '../collector/metadata-collector.ts'
import { ledgerPathOf } from '../files/run-names.ts'
import { type LedgerOptions, LedgerWriter } from '../ledger/ledger-writer.ts'
import { isNo, settingOf } from '../settings.ts'
import { RunningFile } from './running-file.ts'

interface RunRecorderOptions {
  readonly collector: MetadataCollector
  readonly metadataPath: string
  /** Where its events go, where that is not the ledger beside the metadata file. */
  readonly ledgerPath?: string
  /** As in `RunningFileOptions`. */
  readonly metadata?: () => Metadata
  readonly refresh?: () => Promise<boolean>
  /** Whether events are kept in a ledger beside the metadata file; by default unless `SYGRA_LEDGER` says no. */
  readonly hasLedger?: boolean
  /** Keeps room on the disk for the end of the run; false by default. */
  readonly hasReserve?: boolean
  /** Of a run that is taken up again: what was read of its ledger. */
  readonly past?: LedgerOptions['past']
  /** Called when the ledger cannot be written, once until a write succeeds again. */
  readonly onLedgerProblem?: (message: string) => void
  /** False once another process has the run; always true by default. */
  readonly isOurs?: () => boolean
}

/**
 * Keeps a run on the disk while it goes on: every event from now on in its ledger, and the metadata file with status
 * `running`, so that others can watch the run and a crash loses nothing. Make it before the collector's `startRun`.
 */
export class RunRecorder {
  readonly ledger: LedgerWriter | undefined
  readonly #file: RunningFile
  readonly #collector: MetadataCollector
  readonly #isOurs: () => boolean
  readonly #beside = new Set<LedgerWriter>()
  #syncRows: () => Promise<void> = async () => {}

  constructor(options: RunRecorderOptions) {
    const { collector, metadataPath, hasLedger, hasReserve, past, onLedgerProblem, isOurs = () => true } = options
    const { metadata, refresh } = options
    this.#collector = collector
    this.#isOurs = isOurs
    const isKept = hasLedger ?? !isNo(settingOf('SYGRA_LEDGER'))
    const path = options.ledgerPath ?? ledgerPathOf(metadataPath)
    this.ledger = isKept ? new LedgerWriter({ path, past, onProblem: onLedgerProblem }) : undefined
    if (this.ledger !== undefined) collector.keepIn(this.ledger)
    const sync = () => this.#sync()
    this.#file = new RunningFile({ collector, path: metadataPath, hasReserve, isOurs, metadata, refresh, sync })
  }

  /** Writes the metadata file for the first time, and from now on every few seconds. Never rejects. */
  start(): Promise<void> {
    return this.#file.start()
  }

  /** A further ledger of the run: that of a worker. It is written, synced and closed with the run's own. */
  addLedger(ledger: LedgerWriter): void {
    this.#beside.add(ledger)
    this.#collector.keepBeside(ledger)
  }

  /** What has to be on the disk as well whenever the events are: the rows of the output. */
  syncWith(syncRows: () => Promise<void>): void {
    this.#syncRows = syncRows
  }

  /** Writes the metadata file out of turn. */
  checkpoint(): Promise<void> {
    return this.#file.checkpoint()
  }

  /**
   * Writes events and metadata as they are now, for moments in which nothing can be awaited. The run may go on after it.
   *
   * @throws SygraError `not_writable`
   */
  saveSync(): void {
    for (const ledger of this.#beside) ledger.flushSync()
    this.ledger?.flushSync()
    this.#file.saveSync()
    if (this.ledger?.problem !== undefined) this.ledger.flushSync()
  }

  /**
   * Writes everything to the disk itself and closes the ledger, after the collector's `endRun`.
   *
   * @throws SygraError `not_writable`
   */
  async finish(): Promise<void> {
    // Before the ledger: a folder that was removed comes back with its lock.
    let isOurs = this.#isOurs()
    for (const ledger of this.#beside) await ledger.close()
    let isSaved = false
    // On a full disk the metadata file comes first: it knows all figures, and is small.
    await this.ledger?.close({
      onFull: async () => {
        isSaved =
          isOurs &&
          (await this.#file.finish().then(
            () => true,
            () => false,
          ))
      },
    })
    const others = await this.ledger?.others().catch(() => undefined)
    if (others !== undefined) this.#collector.takeIn(others.totals)
    // Who has taken the run without having gone on with it has another account.
    isOurs ||= others === undefined
    if (isOurs && (!isSaved || others !== undefined)) await this.#file.finish()
  }

  /** Writes the metadata file no more by itself. */
  stop(): void {
    this.#file.stop()
  }

  // Events first: a record whose row is lost is done again, but a row without its events would forget what it cost.
  async #sync(): Promise<void> {
    this.#isOurs()
    await Promise.all([...this.#beside].map((ledger) => ledger.sync()))
    await this.ledger?.sync()
    await this.#syncRows()
  }
}
