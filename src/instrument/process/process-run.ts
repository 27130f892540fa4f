import { resolve } from 'node:path'
import type { GitState, RunStatus } from '../../metadata/event.ts'
import { readEnvironment } from '../../runtime/environment.ts'
import { readGitState, readGitStateSync } from '../../runtime/git.ts'
import type { MetadataCollector } from '../../runtime/metadata-collector.ts'
import { RunKeeper } from '../../runtime/run-keeper.ts'
import { outsideCollector } from '../../runtime/scope.ts'
import { settleOpenAttempts } from '../attempt/open-attempts.ts'
import { onProcessEnd, type ProcessEnd } from './process-end.ts'
import { programName, reservePath, writeAtOnce } from './process-files.ts'

const state = { isStarted: false }

/**
 * Makes what the process does outside of runs a run of its own, from the start of the process to its end, whatever end that
 * is. A process without a call to a model leaves nothing; one that is killed leaves its ledger.
 */
export function startProcessRun({ directory }: { readonly directory: string }): void {
  if (state.isStarted) return
  state.isStarted = true
  const run = new ProcessRun(directory)
  outsideCollector().beforeNextEvent(() => run.open())
  onProcessEnd({ end: (end) => run.end(end), goOn: () => run.goOn() })
}

/** What a process leaves of itself: the files of a run, from its first event on. */
class ProcessRun {
  readonly #collector: MetadataCollector = outsideCollector()
  readonly #directory: string
  readonly #outputDir: string
  readonly #taskName = process.env.SYGRA_TASK || programName()
  #git: GitState | undefined
  #keeper: RunKeeper | undefined
  #isOpen = false
  #hasEnded = false

  constructor(directory: string) {
    this.#directory = directory
    this.#outputDir = resolve(directory, process.env.SYGRA_OUTPUT_DIR || '.')
  }

  /** Before the first event. */
  open(): void {
    this.#isOpen = true
    // What cannot be written is tried again at the end, and told then: no file may stop a program's first call.
    attempt(() => this.#keep())
    this.#describe()
    attempt(() => this.#keeper?.saveSync())
    const ledger = this.#keeper?.ledger
    if (ledger !== undefined) writeAtOnce(ledger, this.#collector)
    void this.#keeper?.start()
    void readGitState(this.#directory).then((git) => {
      this.#git ??= git
      if (!this.#hasEnded) this.#describe()
    })
  }

  /** At what ends the program, as far as is known. */
  end(end: ProcessEnd): void {
    if (end.isFinal) settleOpenAttempts(this.#collector.runId)
    if (!this.#isOpen || !this.#collector.isEnabled()) return
    this.#hasEnded = true
    if (this.#git === undefined) {
      this.#git = readGitStateSync(this.#directory)
      this.#describe()
    }
    this.#collector.endRun(statusOf(end), reasonOf(end))
    // A ledger that begins with the end of the run would tell nothing.
    this.#keep({ hasLedger: false }).saveSync()
  }

  /** The program has outlived the signal that seemed to end it. */
  goOn(): void {
    if (!this.#hasEnded) return
    this.#hasEnded = false
    this.#describe()
  }

  #describe(): void {
    this.#collector.startRun({
      context: { taskName: this.#taskName, outputDir: this.#outputDir },
      environment: readEnvironment(),
      git: this.#git ?? {},
      startedAtMs: Math.round(performance.timeOrigin),
    })
  }

  #keep(options: { readonly hasLedger?: false } = {}): RunKeeper {
    this.#keeper ??= new RunKeeper({
      collector: this.#collector,
      metadataPath: reservePath({ directory: this.#outputDir, taskName: this.#taskName }),
      ...options,
    })
    return this.#keeper
  }
}

function attempt(act: () => void): void {
  try {
    act()
  } catch {}
}

function statusOf({ signal, exitCode }: ProcessEnd): RunStatus {
  if (signal !== undefined) return 'interrupted'
  return exitCode === 0 ? 'complete' : 'failed'
}

function reasonOf({ signal, exitCode, errorName }: ProcessEnd): string | undefined {
  if (signal !== undefined) return signal
  return errorName ?? (exitCode === 0 ? undefined : `exit code ${exitCode}`)
}
