import type { GitState } from '../../metadata/event.ts'
import { nowMs } from '../../runtime/clock.ts'
import type { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { readEnvironment } from '../../runtime/environment.ts'
import { readGitState, readGitStateSync } from '../../runtime/git.ts'
import { inBackground } from '../../runtime/in-background.ts'
import { outcomeOfExitCode, uncaughtReason } from '../../runtime/process-exit.ts'
import { programDirectory, programName } from '../../runtime/program-name.ts'
import { RunRecorder } from '../../runtime/recorder/run-recorder.ts'
import { outsideCollector } from '../../runtime/scope.ts'
import { settingOf } from '../../runtime/settings.ts'
import { followCollector, type Telemetry } from '../../telemetry/follow-collector.ts'
import { settleOpenAttempts } from '../attempt/open-attempts.ts'
import { onProcessEnd, type ProcessEnd } from './process-end.ts'
import { reservePath, writeAtOnce } from './process-files.ts'

const state = { isStarted: false }

/** So long a program may be kept from its end for what OpenTelemetry is to be told. */
const sendAtEndMs = 2_000

/**
 * Makes what the process does outside of runs a run of its own, from the start of the process to its end. A process without
 * a call to a model leaves nothing; one that is ended by a signal leaves its ledger, from which the file is finished by
 * `sygra exec`, or by whoever reads it next.
 */
export function startProcessRun({ directory }: { readonly directory: string }): void {
  if (state.isStarted) return
  state.isStarted = true
  const run = new ProcessRun(directory)
  outsideCollector().beforeNextEvent(() => run.open())
  onProcessEnd((end) => run.end(end))
}

/** What a process leaves of itself: the files of a run, from its first event on. */
class ProcessRun {
  readonly #collector: MetadataCollector = outsideCollector()
  readonly #directory: string
  readonly #outputDir: string
  readonly #taskName = settingOf('SYGRA_TASK') || programName()
  #git: GitState | undefined
  #recorder: RunRecorder | undefined
  #telemetry: Telemetry | undefined
  #isOpen = false
  #hasEnded = false

  constructor(directory: string) {
    this.#directory = directory
    this.#outputDir = programDirectory(directory)
  }

  /** Before the first event. */
  open(): void {
    this.#isOpen = true
    // What cannot be written is tried again at the end, and told then: no file may stop a program's first call.
    attempt(() => this.#keep())
    this.#tellOpenTelemetry()
    this.#describe()
    attempt(() => this.#recorder?.saveSync())
    const ledger = this.#recorder?.ledger
    if (ledger !== undefined) writeAtOnce(ledger, this.#collector)
    inBackground(this.#recorder?.start())
    const described = readGitState(this.#directory).then((git) => {
      this.#git ??= git
      if (!this.#hasEnded) this.#describe()
    })
    inBackground(described)
  }

  /** A receiver is sent to as long as the program goes on; what waits at its end must go first. */
  #tellOpenTelemetry(): void {
    const telemetry = followCollector(this.#collector, { taskName: this.#taskName, isProcess: true })
    this.#telemetry = telemetry
    if (!telemetry.sends) return
    process.once('beforeExit', () => {
      settleOpenAttempts(this.#collector.runId)
      const end = { type: 'run-end', session: 0, status: 'complete', endedAtMs: nowMs(), durationSeconds: 0 } as const
      inBackground(telemetry.sendNow(end, sendAtEndMs))
    })
  }

  /** When the program ends; again when it turns out to end otherwise. */
  end({ exitCode, isUncaught }: ProcessEnd): void {
    settleOpenAttempts(this.#collector.runId)
    if (!this.#isOpen || !this.#collector.isEnabled()) return
    this.#hasEnded = true
    if (this.#git === undefined) {
      // Whoever kills the process meanwhile leaves what is known by now.
      attempt(() => this.#keep({ hasLedger: false }).saveSync())
      this.#git = readGitStateSync(this.#directory)
      this.#describe()
    }
    const { status, reason } = outcomeOfExitCode(exitCode)
    this.#collector.endRun(status, isUncaught ? uncaughtReason : reason)
    // A ledger that begins with the end of the run would tell nothing.
    this.#keep({ hasLedger: false }).saveSync()
    const unsent = this.#telemetry?.waiting() ?? 0
    if (unsent > 0) process.stderr.write(unsentNote(unsent))
  }

  #describe(): void {
    this.#collector.startRun({
      context: { taskName: this.#taskName, outputDir: this.#outputDir },
      environment: readEnvironment(),
      git: this.#git ?? {},
      startedAtMs: Math.round(performance.timeOrigin),
      startedAtMonotonic: 0,
    })
  }

  #keep(options: { readonly hasLedger?: false } = {}): RunRecorder {
    this.#recorder ??= new RunRecorder({
      collector: this.#collector,
      metadataPath: reservePath({ directory: this.#outputDir, taskName: this.#taskName }),
      ...options,
    })
    return this.#recorder
  }
}

function unsentNote(count: number): string {
  return `sygra: ${count} spans were not sent to OpenTelemetry before the process ended; sygra export otel sends them\n`
}

function attempt(act: () => void): void {
  try {
    act()
  } catch {}
}
