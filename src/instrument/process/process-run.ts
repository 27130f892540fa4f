import { threadId } from 'node:worker_threads'
import type { GitState, RunStart } from '../../metadata/event.ts'
import { monotonicSeconds, nowMs, utcOffsetMinutes } from '../../runtime/clock.ts'
import type { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { readEnvironment } from '../../runtime/environment.ts'
import { readGitState, readGitStateSync } from '../../runtime/git.ts'
import { inBackground } from '../../runtime/in-background.ts'
import { outcomeOfExitCode, uncaughtReason } from '../../runtime/process-exit.ts'
import { firstProcess, joinProgram, type ProcessPlace } from '../../runtime/program/program-files.ts'
import { givenRunToken, knownRun, newRunToken, type RunToken } from '../../runtime/program/run-token.ts'
import { endAccount, SharedAccount } from '../../runtime/program/shared-account.ts'
import { programDirectory, programName } from '../../runtime/program-name.ts'
import { RunRecorder } from '../../runtime/recorder/run-recorder.ts'
import { outsideCollector } from '../../runtime/scope.ts'
import { isNo, settingOf } from '../../runtime/settings.ts'
import { followCollector, type Telemetry } from '../../telemetry/follow-collector.ts'
import { settleOpenAttempts } from '../attempt/open-attempts.ts'
import { onProcessEnd, type ProcessEnd } from './process-end.ts'
import { reservePath, writeAtOnce } from './process-files.ts'

const state = { isStarted: false }

/** So long a program may be kept from its end for what OpenTelemetry is to be told. */
const sendAtEndMs = 2_000

/**
 * Makes what the process does outside of runs a part of the run of its program, from the start of the process to its end. A
 * process without a call to a model leaves nothing; one that is ended by a signal leaves its ledger, from which the file is
 * finished by another process of the program, by `sygra exec`, or by whoever reads it next.
 */
export function startProcessRun({ directory }: { readonly directory: string }): void {
  if (state.isStarted) return
  state.isStarted = true
  const run = new ProcessRun(directory)
  outsideCollector().beforeNextEvent(() => run.open())
  onProcessEnd((end) => run.end(end))
}

/** What a process leaves of itself, from its first event on: a ledger, and the metadata file of all processes together. */
class ProcessRun {
  readonly #collector: MetadataCollector = outsideCollector()
  readonly #directory: string
  readonly #token: RunToken
  /** By another process that is watched. */
  readonly #isStarted: boolean
  readonly #taskName = settingOf('SYGRA_TASK') || programName()
  /** A thread has the clock of its process, and begins later. */
  readonly #began =
    threadId === 0
      ? { startedAtMs: Math.round(performance.timeOrigin), startedAtMonotonic: 0 }
      : { startedAtMs: nowMs(), startedAtMonotonic: monotonicSeconds() }
  readonly #hasLedger = !isNo(settingOf('SYGRA_LEDGER'))
  #git: GitState | undefined
  #place: ProcessPlace | undefined
  #account: SharedAccount | undefined
  #recorder: RunRecorder | undefined
  #telemetry: Telemetry | undefined
  #isOpen = false
  #hasEnded = false

  constructor(directory: string) {
    this.#directory = directory
    const given = givenRunToken()
    this.#token = given ?? newRunToken({ directory: programDirectory(directory) })
    this.#isStarted = given !== undefined && given.pid !== process.pid
    if (this.#hasLedger) attempt(() => this.#collector.nameRun(knownRun(this.#token).id))
  }

  /** Before the first event. */
  open(): void {
    this.#isOpen = true
    // What cannot be written is tried again at the end, and told then: no file may stop a program's first call.
    attempt(() => this.#keep())
    this.#tellOpenTelemetry()
    this.#describe()
    attempt(() => this.#save(this.#recorder))
    if (!this.#isAlone()) attempt(() => this.#account?.reopen())
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
      const worker = this.#place?.worker
      const end = { type: 'run-end', session: 0, status: 'complete', endedAtMs: nowMs(), durationSeconds: 0 } as const
      inBackground(telemetry.sendNow({ ...end, worker }, sendAtEndMs))
    })
  }

  /** When the program ends; again when it turns out to end otherwise. */
  end({ exitCode, isUncaught }: ProcessEnd): void {
    settleOpenAttempts(this.#collector.runId)
    if (!this.#isOpen || !this.#collector.isEnabled()) return
    this.#hasEnded = true
    if (this.#git === undefined) {
      // Whoever kills the process meanwhile leaves what is known by now.
      attempt(() => this.#save(this.#keep({ hasLedger: false })))
      this.#git = readGitStateSync(this.#directory)
      this.#describe()
    }
    const { status, reason } = outcomeOfExitCode(exitCode)
    this.#collector.endRun(status, isUncaught ? uncaughtReason : reason)
    // A ledger that begins with the end of the run would tell nothing.
    this.#save(this.#keep({ hasLedger: false }))
    this.#endTogether()
    const unsent = this.#telemetry?.waiting() ?? 0
    if (unsent > 0) process.stderr.write(unsentNote(unsent))
  }

  /** Of several processes only who has read what the others have done writes the file. */
  #save(recorder: RunRecorder | undefined): void {
    if (this.#isAlone()) recorder?.saveSync()
    else recorder?.ledger?.flushSync()
  }

  /** The last of several processes finishes the account of all. */
  #endTogether(): void {
    const { metadataPath } = this.#place ?? {}
    if (metadataPath !== undefined && this.#account !== undefined && !this.#isAlone()) {
      endAccount(this.#account, metadataPath)
    }
  }

  #describe(): void {
    this.#collector.startRun({
      context: this.#context(),
      environment: readEnvironment(),
      git: this.#git ?? {},
      ...this.#began,
    })
  }

  #context() {
    return { taskName: this.#taskName, runName: this.#token.name, outputDir: this.#token.directory }
  }

  /** True while this process is the only one, as far as it can be told: what it has seen itself is all. */
  #isAlone(): boolean {
    return this.#place === undefined || (this.#place.worker === firstProcess && this.#account?.isAlone !== false)
  }

  #keep({ hasLedger = this.#hasLedger }: { readonly hasLedger?: boolean } = {}): RunRecorder {
    this.#recorder ??= hasLedger ? this.#keepTogether() : this.#keepAlone()
    return this.#recorder
  }

  /** Without a ledger there is nothing that could be put together: the process has a file of its own. */
  #keepAlone(): RunRecorder {
    const { directory } = this.#token
    if (this.#isStarted) this.#collector.nestIn(knownRun(this.#token).id)
    const metadataPath = reservePath({ directory, taskName: this.#taskName })
    return new RunRecorder({ collector: this.#collector, metadataPath, hasLedger: false })
  }

  #keepTogether(): RunRecorder {
    const run = knownRun(this.#token)
    const { exec } = this.#token
    const thread = threadId === 0 ? undefined : threadId
    const place = joinProgram({
      run,
      directory: this.#token.directory,
      taskName: this.#taskName,
      start: this.#start(run.id, { exec, thread }),
    })
    const account = new SharedAccount(place.metadataPath)
    this.#place = place
    this.#account = account
    this.#collector.joinProgram({ worker: place.worker, exec, thread })
    return new RunRecorder({
      collector: this.#collector,
      metadataPath: place.metadataPath,
      ledgerPath: place.ledgerPath,
      past: place.past,
      isOurs: () => this.#isAlone() || account.holds(),
      refresh: async () => !this.#isAlone() && account.refresh(),
      metadata: () => (this.#isAlone() ? this.#collector.getMetadataSummary() : account.metadata()),
    })
  }

  /** What stands first in the ledger of the run, should this process be the first one. */
  #start(runId: string, part: Pick<RunStart, 'exec' | 'thread'>): RunStart {
    const { startedAtMs } = this.#began
    return {
      type: 'run-start',
      runId,
      session: 0,
      startedAtMs,
      utcOffsetMinutes: utcOffsetMinutes(startedAtMs),
      context: this.#context(),
      environment: readEnvironment(),
      git: {},
      worker: firstProcess,
      ...part,
    }
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
