import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { workerLedgerPathOf } from '../runtime/files/run-names.ts'
import { isEvent } from '../runtime/ledger/ledger-entry.ts'
import { parseLedgerLine } from '../runtime/ledger/ledger-line.ts'
import { LedgerSequence } from '../runtime/ledger/ledger-reader.ts'
import { LedgerWriter } from '../runtime/ledger/ledger-writer.ts'
import type { WorkedRun } from '../workflow/run/record-workers.ts'

const newline = 10

/** What of a run the ledger of a worker has to do with. */
interface RunOfWorker extends Pick<WorkedRun, 'options' | 'stop'> {
  readonly collector: Pick<WorkedRun['collector'], 'recordKept'>
  readonly recorder: Pick<WorkedRun['recorder'], 'addLedger'>
}

interface WorkerLedgerOptions {
  readonly worker: string
  readonly run: RunOfWorker
  /** The ledger of the run, beside which that of the worker stands. */
  readonly ledgerPath: string
}

/** The ledger of one worker on the disk of the coordinator: lines that it tells are kept and folded, each once. */
export class WorkerLedger {
  readonly #writer: LedgerWriter
  readonly #run: RunOfWorker
  readonly #seen = new LedgerSequence()
  /** Resolves when what the file held already has been seen; undefined where that is so. */
  #reading: Promise<void> | undefined
  #open = 0

  constructor({ worker, run, ledgerPath }: WorkerLedgerOptions) {
    this.#run = run
    const path = workerLedgerPathOf(ledgerPath, worker)
    const onProblem = (message: string) => {
      run.options.onNotice?.(
        `WARNING: the ledger ${path} cannot be written (${message}): a crash now would lose what is not in it`,
      )
      if (run.options.onLedgerError === 'stop') {
        run.stop.stop({ type: 'ledger', message: `the ledger of a worker cannot be written (${message})` })
      }
    }
    this.#writer = new LedgerWriter({ path, onProblem })
    run.recorder.addLedger(this.#writer)
    if (existsSync(path)) {
      this.#reading = this.#readLines(path).finally(() => {
        this.#reading = undefined
      })
    }
  }

  /** Requests of the worker that were announced and have not ended. */
  get openRequests(): number {
    return this.#open
  }

  /**
   * Takes lines, each with its line end; resolves when they have left this process. They count at once, for what the worker
   * says next relies on it.
   */
  async take(lines: Uint8Array): Promise<void> {
    if (this.#reading !== undefined) await this.#reading
    const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength)
    let start = 0
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      const line = bytes.subarray(start, end + 1)
      const read = parseLedgerLine(bytes.subarray(start, end))
      start = end + 1
      // Told again after an answer that was lost.
      if (read === undefined || !this.#seen.take(read.seq, read.writer)) continue
      this.#writer.appendLine(line, read.seq)
      const { entry } = read
      if (!isEvent(entry)) continue
      if (entry.type === 'request-start') this.#open += 1
      else if (entry.type === 'request-end' && entry.isAnnounced) this.#open -= 1
      this.#run.collector.recordKept(entry)
    }
    await this.#writer.kept()
  }

  async #readLines(path: string): Promise<void> {
    for await (const line of createInterface({ input: createReadStream(path) })) {
      const read = parseLedgerLine(Buffer.from(line))
      if (read !== undefined) this.#seen.take(read.seq, read.writer)
    }
  }
}
