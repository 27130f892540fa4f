import { join } from 'node:path'
import type { MetadataEvent } from '../../metadata/event.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { monotonicSeconds, nowMs } from '../clock.ts'
import { formatMetadata } from '../collector/metadata-collector.ts'
import { namesIn } from '../files/names-in.ts'
import { readMetadata } from '../files/read-metadata.ts'
import { ledgerPathOf } from '../files/run-names.ts'
import { writeAtomic } from '../files/write-atomic.ts'
import { finishFile } from '../finish-program.ts'
import { LedgerWriter } from '../ledger/ledger-writer.ts'
import { type ProcessOutcome, uncaughtReason } from '../process-exit.ts'
import { openParts } from './dead-processes.ts'
import { findProgram } from './program-files.ts'
import { knownRunIfAny, type RunToken } from './run-token.ts'
import { finishAccount, SharedAccount } from './shared-account.ts'

/** An account of a program, or of one of its processes where these keep no ledgers. */
export interface ProgramAccount {
  readonly path: string
  readonly metadata: Metadata
}

/** How the process that was started itself ended; of those that it started nobody else is told. */
export interface StartedEnd {
  readonly pid: number | undefined
  readonly outcome: ProcessOutcome
}

/** What the end of a watched program has left. */
export interface ProgramEnd {
  readonly accounts: readonly ProgramAccount[]
  /** How many of its processes go on. */
  readonly alive: number
}

/** Watches the processes of a program from outside: keeps their account while they run, and says how the program ended. */
export class ProgramWatch {
  readonly #token: RunToken
  readonly #startedAt = monotonicSeconds()
  #keeping: Promise<void> = Promise.resolve()
  #path: string | undefined
  #account: SharedAccount | undefined

  constructor(token: RunToken) {
    this.#token = token
  }

  /** The metadata file of the run; undefined while no process has called a model. */
  get metadataPath(): string | undefined {
    if (this.#path === undefined) {
      const run = knownRunIfAny(this.#token)
      this.#path = run === undefined ? undefined : findProgram({ run, directory: this.#token.directory })
      if (this.#path !== undefined) this.#account = new SharedAccount(this.#path)
    }
    return this.#path
  }

  /** What the processes have done so far; empty where none has called a model, or nothing can be read. */
  async read(): Promise<readonly Metadata[]> {
    try {
      if (this.metadataPath === undefined || this.#account === undefined) {
        return (await this.#ownAccounts()).map(({ metadata }) => metadata)
      }
      await this.#account.refresh()
      return [this.#account.metadata()]
    } catch {
      return []
    }
  }

  /** Brings the metadata file up to date, unless another process has it to itself. */
  keep(): Promise<void> {
    this.#keeping = this.#keeping.then(() => this.#keep())
    return this.#keeping
  }

  /** Waits until what `keep` has begun is done. */
  rest(): Promise<void> {
    return this.#keeping
  }

  async #keep(): Promise<void> {
    const { metadataPath } = this
    const account = this.#account
    if (metadataPath === undefined || account === undefined || !account.holds()) return
    try {
      if (await account.refresh()) await writeAtomic(metadataPath, formatMetadata(account.metadata()))
    } catch {}
  }

  /** The program has ended: notes how, and finishes what its processes could not. */
  async end(started: StartedEnd): Promise<ProgramEnd> {
    const { metadataPath } = this
    const account = this.#account
    if (metadataPath === undefined || account === undefined) return { accounts: await this.#endOwn(started), alive: 0 }
    await account.refresh()
    await this.#note(ledgerPathOf(metadataPath), account, started)
    const metadata = await finishAccount(account, metadataPath)
    return { accounts: [{ path: metadataPath, metadata }], alive: openParts(account.totals).alive }
  }

  async #note(ledgerPath: string, account: SharedAccount, started: StartedEnd): Promise<void> {
    const ends = [...this.#endOfStarted(account, started), ...this.#endOfProgram(started)]
    const ledger = new LedgerWriter({ path: ledgerPath, past: account.report })
    for (const end of ends) ledger.append(end)
    await ledger.close()
  }

  /** The process that was started, where it could not say how it ended, or says otherwise. */
  #endOfStarted({ totals }: SharedAccount, { pid, outcome }: StartedEnd): MetadataEvent[] {
    const { exec } = this.#token
    for (const [worker, { start, end }] of totals.execution.processes) {
      if (exec === undefined || start?.exec !== exec || start.thread !== undefined) continue
      if (start.environment.pid !== pid) continue
      const isSame = end?.reason === outcome.reason || (end?.reason === uncaughtReason && outcome.status === 'failed')
      if (end?.status === outcome.status && isSame && end.isPresumed !== true) return []
      const endedAtMs = end?.isPresumed === true || end === undefined ? nowMs() : end.endedAtMs
      const durationSeconds = Math.max(0, endedAtMs - start.startedAtMs) / 1000
      const { status, reason } = outcome
      return [
        { type: 'worker-end', worker, endedAtMs, durationSeconds, status, reason },
        {
          type: 'run-end',
          worker,
          session: start.session,
          endedAtMs,
          durationSeconds,
          status,
          reason,
          records: end?.records,
        },
      ]
    }
    return []
  }

  #endOfProgram({ outcome }: StartedEnd): MetadataEvent[] {
    const { exec } = this.#token
    if (exec === undefined) return []
    const durationSeconds = monotonicSeconds() - this.#startedAt
    return [{ type: 'run-end', exec, session: 0, ...outcome, endedAtMs: nowMs(), durationSeconds }]
  }

  /** Without ledgers each process has a file of its own. */
  async #endOwn({ pid, outcome }: StartedEnd): Promise<readonly ProgramAccount[]> {
    const accounts: ProgramAccount[] = []
    for (const { path, metadata } of await this.#ownAccounts()) {
      const end = metadata.execution.pid === pid ? outcome : undefined
      accounts.push({ path, metadata: (await finishFile(path, end).catch(() => undefined)) ?? metadata })
    }
    return accounts
  }

  async #ownAccounts(): Promise<readonly ProgramAccount[]> {
    const run = knownRunIfAny(this.#token)
    const folder = join(this.#token.directory, 'metadata')
    const accounts: ProgramAccount[] = []
    for (const name of run === undefined ? [] : namesIn(folder).sort()) {
      if (!/^metadata_.*\.json$/.test(name)) continue
      const path = join(folder, name)
      const metadata = await readMetadata(path).catch(() => undefined)
      if (metadata?.parent_run_id === run?.id && metadata !== undefined) accounts.push({ path, metadata })
    }
    return accounts
  }
}
