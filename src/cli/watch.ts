import { relative } from 'node:path'
import { Command } from 'commander'
import { SygraError } from '../errors.ts'
import type { MetadataEvent, RunEnd } from '../metadata/event.ts'
import type { Metadata } from '../metadata/schema.ts'
import { ExecutionState } from '../metadata/totals/execution-state.ts'
import { runOwners } from '../report/runs/run-owners.ts'
import { safeText } from '../report/text/safe-text.ts'
import { isAlive } from '../runtime/files/run-owner.ts'
import { isEvent } from '../runtime/ledger/ledger-entry.ts'
import { RunLedgersTail } from '../runtime/ledger/run-ledgers.ts'
import { findRun } from './files/find-run.ts'
import { findMetadataFiles, newestFirst } from './files/metadata-files.ts'
import { ledgerOf, readRun } from './files/read-run.ts'
import { readRunRows } from './files/read-run-rows.ts'
import { commandLine, usualPlaces } from './terminal/command-line.ts'
import { createLiveProgress, type EventSource } from './terminal/progress.ts'
import { note } from './terminal/terminal.ts'

interface WatchFlags {
  readonly quiet?: boolean
  readonly json?: boolean
}

/** `sygra watch`: the live view of a run that another process does. */
export function watchCommand(): Command {
  return new Command('watch')
    .description('Watch a run that another process does, until it ends. Ctrl-C ends the watching, not the run.')
    .argument(
      '[run]',
      'a metadata or output file, a run id or name, a task or a directory; the latest running run if left out',
    )
    .option('--quiet', 'only wait for the end')
    .option('--json', 'every event as a line of JSON, those so far first')
    .action(async (run: string | undefined, flags: WatchFlags) => {
      const path = run === undefined ? await runningRun() : await findRun(run, { directory: process.cwd() })
      const end = await watchRun(path, { isQuiet: flags.quiet === true, isJson: flags.json === true })
      note(end.message)
      if (!end.isGood) process.exitCode = 1
    })
}

async function runningRun(): Promise<string> {
  const files = await newestFirst(await findMetadataFiles(process.cwd(), usualPlaces))
  const { rows } = readRunRows(files)
  const running = rows.find(({ status }) => status === 'running')
  if (running !== undefined) return running.path
  const [latest] = rows
  const instead =
    latest === undefined
      ? 'there are no runs at all'
      : `the latest one, of ${safeText(latest.task)}, is ${latest.status} (\`sygra show\`)`
  throw new SygraError('not_found', `no run is going on in ${process.cwd()}: ${instead}`)
}

/** How a run that was watched ended, or why it is watched no longer. */
export interface WatchEnd {
  readonly message: string
  /** The run is complete, or goes on without being watched. */
  readonly isGood: boolean
}

export interface WatchOptions {
  readonly isQuiet: boolean
  readonly isJson: boolean
}

/** What is appended is seen a quarter of a second later, as it is written. */
const readEveryMs = 250
/** How long nothing may come before it is asked whether the process is still there. */
const silentMs = 2_000

/**
 * Shows a run from its ledger while another process writes it, until it ends, its process is gone, or the watching is
 * interrupted.
 *
 * @throws SygraError `not_found` when the run keeps no ledger.
 */
export async function watchRun(path: string, options: WatchOptions): Promise<WatchEnd> {
  const metadata = await readRun(path)
  const ledger = ledgerOf(path)
  if (ledger === undefined) {
    throw new SygraError(
      'not_found',
      `${path}: the run keeps no ledger, so it cannot be watched; \`sygra show\` prints what its file says`,
    )
  }
  const follower = new LedgerFollower(ledger)
  const view = createLiveProgress({
    ...options,
    stream: process.stdout,
    totalRecords: metadata.execution.num_records ?? undefined,
    collector: follower,
    runningRequests: () => follower.runningRequests,
  })
  const interrupt = new AbortController()
  const onSignal = () => interrupt.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal)
  try {
    return await followUntilEnd({ path, follower, signal: interrupt.signal })
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal)
    view.stop()
  }
}

async function followUntilEnd({
  path,
  follower,
  signal,
}: {
  readonly path: string
  readonly follower: LedgerFollower
  readonly signal: AbortSignal
}): Promise<WatchEnd> {
  let newsAtMs = Date.now()
  while (!signal.aborted) {
    if (await follower.read()) newsAtMs = Date.now()
    if (follower.end !== undefined) return endOf(path, follower.end)
    if (Date.now() - newsAtMs >= silentMs) {
      const metadata = await readRun(path)
      if (!isOwned(metadata)) return deathOf(path, metadata)
      newsAtMs = Date.now()
    }
    await pause(readEveryMs, signal)
  }
  return { message: `No longer watched; the run goes on: ${relative('.', path)}`, isGood: true }
}

/** Reads the ledgers of a run as they grow and tells of its events. */
class LedgerFollower implements EventSource {
  readonly #tail: RunLedgersTail
  readonly #listeners = new Set<(event: MetadataEvent, atMs?: number) => void>()
  readonly #execution = new ExecutionState()
  #started = 0
  #announcedEnds = 0
  /** The end of the latest session; undefined while one goes on. */
  end: RunEnd | undefined

  constructor(ledger: string) {
    this.#tail = new RunLedgersTail(ledger)
  }

  get runningRequests(): number {
    return Math.max(0, this.#started - this.#announcedEnds)
  }

  onEvent(listener: (event: MetadataEvent, atMs?: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Takes in what was appended; true when there was something. */
  async read(): Promise<boolean> {
    const before = this.#tail.readBytes
    await this.#tail.read((entry, { atMs }) => {
      if (!isEvent(entry)) return
      this.#note(entry)
      for (const listener of this.#listeners) listener(entry, atMs)
    })
    return this.#tail.readBytes > before
  }

  #programEnd(): RunEnd | undefined {
    return this.#execution.sessionsInOrder().at(-1)?.end
  }

  #note(event: MetadataEvent): void {
    if (event.type === 'request-start') this.#started += 1
    else if (event.type === 'request-end' && event.isAnnounced) this.#announcedEnds += 1
    else if (event.type === 'run-end') {
      this.#execution.endSession(event)
      this.end = event.worker === undefined && event.exec === undefined ? event : this.#programEnd()
    } else if (event.type === 'run-start') {
      this.#execution.startSession(event)
      this.end = undefined
      // Other processes of a program go on with what they have in flight.
      if (event.worker !== undefined) return
      // What an earlier session had in flight went down with it.
      this.#started = this.#announcedEnds
    }
  }
}

function isOwned({ status, execution }: Metadata): boolean {
  return status === 'running' && runOwners(execution).some(isAlive)
}

function endOf(path: string, { status, reason }: RunEnd): WatchEnd {
  const why = reason === undefined ? '' : `: ${reason}`
  return { message: `The run is ${status}${why}. ${toShow(path)}`, isGood: status === 'complete' }
}

function deathOf(path: string, { status }: Metadata): WatchEnd {
  if (status === 'complete') return { message: `The run is complete. ${toShow(path)}`, isGood: true }
  const what = status === 'running' ? 'Its process is gone' : `The run is ${status}`
  const file = relative('.', path)
  return {
    message: `${what}. What was done is kept. To count it, and to see how to go on:\n  ${commandLine(['recover', file])}`,
    isGood: false,
  }
}

function toShow(path: string): string {
  return `Its account:\n  ${commandLine(['show', relative('.', path)])}`
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}
