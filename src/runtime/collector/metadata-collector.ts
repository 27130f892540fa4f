import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import type { ExecutionContext, MetadataEvent, ModelOpen, RunStatus } from '../../metadata/event.ts'
import { validTraceparent } from '../../metadata/events/traceparent.ts'
import { RunTotals } from '../../metadata/run-totals.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { summarize } from '../../metadata/summary.ts'
import { monotonicSeconds, nowMs, utcOffsetMinutes } from '../clock.ts'
import { readEnvironment } from '../environment.ts'
import { freeTimestamp, metadataPathOf, someExist, taskDirectory } from '../files/run-names.ts'
import { writeAtomicSync } from '../files/write-atomic.ts'
import { readGitStateSync } from '../git.ts'
import type { LedgerState, LedgerWriter } from '../ledger/ledger-writer.ts'
import { programDirectory, programName } from '../program-name.ts'
import { redactLongText, redactParameters, redactUrl } from '../redact.ts'
import { isDisabledByEnvironment, settingOf } from '../settings.ts'
import type {
  CollectionSwitch,
  CollectorOptions,
  DatasetOptions,
  DatasetSourceOptions,
  ModelConfig,
  ModelRequestOptions,
  NodeExecutionOptions,
  ProgramPart,
  RunStartOptions,
} from './collector-options.ts'
import { datasetEvent, datasetSourceEvent, nodeEvent, requestEvent } from './stated-events.ts'
import type { TaskBuffer } from './task-buffer.ts'
import { callIdOfWorker, eventOfWorker } from './worker-events.ts'

// Parameters that change with every request (a seed, say) must not fill the memory or the file.
const maxOpenedModels = 200
const maxModelKeys = 1_000
/** A program that never calls a model may use tools for ever. */
const mostBeside = 1_000

/**
 * Collects what happens in one run and gives its metadata. The recording methods of the specification are thin: each makes
 * an event and folds it.
 */
export class MetadataCollector {
  #parentRunId: string | undefined
  #runId: string
  #worker: string | undefined
  #program: ProgramPart | undefined
  readonly #collection: CollectionSwitch
  readonly #isDisabled: boolean
  readonly #isFoldedElsewhere: boolean
  readonly #isEnabledByDefault = !isDisabledByEnvironment()
  readonly #listeners = new Set<(event: MetadataEvent) => void>()
  #totals = new RunTotals()
  #session: { index: number; startedAt: number; records: number; isTraced: boolean | undefined } | undefined
  #traceparent: string | undefined
  #context: ExecutionContext = {}
  #openedConfigs = new Map<string, ModelConfig>()
  #openedModels = new Set<string>()
  #modelKeys = new Set<string>()
  #endedAtMs: number | undefined
  #ledger: LedgerWriter | undefined
  readonly #besideLedgers: LedgerWriter[] = []
  #prepare: (() => void) | undefined
  /** What waits for an event that makes a run of it. */
  #beside: MetadataEvent[] = []
  #buffer: TaskBuffer | undefined
  /** The run is that of a plain program, which may go on after it was saved. */
  #isProgram = false

  constructor({ runId, parentRunId, worker, collection, isDisabled, isFoldedElsewhere }: CollectorOptions = {}) {
    this.#worker = worker
    this.#runId = runId ?? randomUUID()
    this.#parentRunId = parentRunId
    this.#collection = collection ?? { isEnabled: undefined }
    this.#isDisabled = isDisabled ?? false
    this.#isFoldedElsewhere = isFoldedElsewhere ?? false
  }

  get runId(): string {
    return this.#runId
  }

  get parentRunId(): string | undefined {
    return this.#parentRunId
  }

  /** @internal Names the run that this one is a part of; before anything is recorded. */
  nestIn(runId: string): void {
    this.#parentRunId = runId
  }

  /** @internal Says whose run this is before anything is recorded: ids of spans follow from it. */
  nameRun(runId: string): void {
    this.#runId = runId
  }

  /** @internal Makes what is collected here the part of one process in the run of a program; before anything is recorded. */
  joinProgram(part: ProgramPart): void {
    this.#worker = part.worker
    this.#program = part
  }

  isEnabled(): boolean {
    return !this.#isDisabled && (this.#collection.isEnabled ?? this.#isEnabledByDefault)
  }

  setEnabled(isEnabled: boolean): void {
    this.#collection.isEnabled = isEnabled
  }

  /** Folds one event in and tells the listeners. Does nothing while collection is off. */
  record(given: MetadataEvent): void {
    if (!this.#isListening()) return
    this.#buffer?.clear()
    // Which process of a program this is turns out only then.
    this.prepare()
    const clean = withCleanErrorType(given)
    const event = this.#worker === undefined ? clean : eventOfWorker(clean, this.#worker)
    if (!this.#isFoldedElsewhere) this.#totals.add(event)
    if (event.type === 'record-end' && this.#session !== undefined) this.#session.records += 1
    this.#ledger?.append(event)
    this.#tell(event)
  }

  /** @internal The process that is told of here, where the run has several. */
  get worker(): string | undefined {
    return this.#worker
  }

  /** @internal The id of a call as the events of this process have it. */
  callIdOf(callId: string): string {
    return this.#worker === undefined ? callId : callIdOfWorker(callId, this.#worker)
  }

  /** @internal Folds in an event of another process of the run, which has a ledger of its own that keeps it. */
  recordKept(event: MetadataEvent): void {
    if (!this.#isListening()) return
    this.#totals.add(event)
    this.#tell(event)
  }

  #tell(event: MetadataEvent): void {
    for (const listener of this.#listeners) callSafely(listener, event)
    this.#recordWaiting()
  }

  #recordWaiting(): void {
    if (this.#beside.length === 0) return
    const waiting = this.#beside
    this.#beside = []
    for (const event of waiting) this.record(event)
  }

  /**
   * Records an event that is worth no run of its own, such as the end of a tool: where nothing has happened yet, it waits
   * for what does, and is forgotten when nothing comes.
   */
  recordBeside(event: MetadataEvent): void {
    if (this.#prepare === undefined || !this.isEnabled()) this.record(event)
    else if (this.#beside.length < mostBeside) this.#beside.push(event)
  }

  /** @internal Lets what `recordLater` is given wait a little; whatever asks for the totals, or tells more, does it first. */
  gather(buffer: TaskBuffer): void {
    this.#buffer = buffer
  }

  /** @internal True where what is recorded may wait a little, and is then written together. */
  get isGathering(): boolean {
    return this.#buffer !== undefined
  }

  /** @internal Calls a function that records: at once, or in a moment together with others where `gather` was called. */
  recordLater(record: () => void): void {
    if (this.#buffer === undefined) record()
    else if (this.isEnabled()) this.#buffer.add(record)
  }

  /** Calls a function with every event from now on; gives the function that ends it. */
  onEvent(listener: (event: MetadataEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** @internal Calls a function once, before the next event: for what only a run in which something happens is to have. */
  beforeNextEvent(prepare: () => void): void {
    this.#prepare = prepare
  }

  /** @internal Does what is to be done before the next event, if that is still to be done. */
  prepare(): void {
    // What is done may leave more to be done.
    while (this.#prepare !== undefined) {
      const prepare = this.#prepare
      this.#prepare = undefined
      prepare()
    }
  }

  /** @internal Keeps every event from now on in a ledger; what was recorded before is not in it. Closing it is up to the caller. */
  keepIn(ledger: LedgerWriter): void {
    this.#ledger = ledger
  }

  /** @internal A further ledger of the run, that of a worker: what is lost of it is missing in the account too. */
  keepBeside(ledger: LedgerWriter): void {
    this.#besideLedgers.push(ledger)
  }

  /** @internal The ledger that keeps the events, where there is one. */
  get ledger(): LedgerWriter | undefined {
    return this.#ledger
  }

  /** @internal Goes on behind what earlier sessions of the run have recorded; before anything is recorded here. */
  takeUp(past: RunTotals): void {
    this.#totals = past
  }

  /** @internal Adds what other processes have kept in the ledger of this run; it's not written again. */
  takeIn(others: RunTotals): void {
    this.#totals.merge(others)
  }

  /**
   * Notes what a model is and how it is called; a description already noted is not noted again. It is asked for only when
   * the key, from which it follows, is new.
   *
   * @internal
   */
  openModel(key: string, describe: () => Omit<ModelOpen, 'type'>): void {
    if (!this.#isListening() || this.#openedModels.size >= maxOpenedModels || this.#modelKeys.has(key)) return
    if (this.#modelKeys.size >= maxModelKeys) this.#modelKeys.clear()
    this.#modelKeys.add(key)
    const open = describe()
    const text = JSON.stringify(open)
    if (this.#openedModels.has(text)) return
    this.#openedModels.add(text)
    this.record({ type: 'model-open', ...open })
  }

  /** Adds what another collector has seen. */
  merge(other: MetadataCollector): void {
    other.#buffer?.clear()
    this.#totals.merge(other.#totals)
  }

  /** @internal Begins the run, or a further session of it. Again for the same session: describes it anew, and it has not ended. */
  startRun({
    context,
    environment,
    git,
    session = 0,
    startedAtMs = nowMs(),
    traceparent = process.env.TRACEPARENT,
    isTraced,
    ...start
  }: RunStartOptions): void {
    this.#context = context
    this.#endedAtMs = undefined
    const records = this.#session?.index === session ? this.#session.records : 0
    // A clock that was set back since then must not make a start that is still to come.
    const { startedAtMonotonic = monotonicSeconds() - Math.max(0, nowMs() - startedAtMs) / 1000 } = start
    this.#session = { index: session, startedAt: startedAtMonotonic, records, isTraced }
    this.#traceparent = validTraceparent(traceparent)
    this.record({
      type: 'run-start',
      runId: this.runId,
      parentRunId: this.parentRunId,
      session,
      startedAtMs,
      utcOffsetMinutes: utcOffsetMinutes(startedAtMs),
      context,
      environment,
      git,
      traceparent: this.#traceparent,
      worker: this.#program?.worker,
      exec: this.#program?.exec,
      thread: this.#program?.thread,
    })
    if (this.#program === undefined) return
    const { worker, thread } = this.#program
    const program = context.taskName
    this.record({ type: 'worker-start', worker, session, startedAtMs, environment, transport: 'none', program, thread })
  }

  /** @internal Ends the session; calling it again replaces the end. */
  endRun(status: RunStatus, reason?: string): void {
    if (this.#session === undefined) return
    const endedAtMs = nowMs()
    this.#endedAtMs = endedAtMs
    const durationSeconds = monotonicSeconds() - this.#session.startedAt
    const worker = this.#program?.worker
    if (worker !== undefined) this.record({ type: 'worker-end', worker, endedAtMs, durationSeconds, reason, status })
    this.record({
      type: 'run-end',
      session: this.#session.index,
      status,
      endedAtMs,
      durationSeconds,
      records: this.#session.records,
      reason,
      isTraced: this.#session.isTraced,
      worker,
    })
  }

  /** @internal The span in which the run was started, as the traceparent of W3C has it. */
  get traceparent(): string | undefined {
    return this.#session === undefined ? validTraceparent(process.env.TRACEPARENT) : this.#traceparent
  }

  setExecutionContext(context: ExecutionContext): void {
    if (!this.isEnabled()) return
    this.startRun({ context, environment: readEnvironment(), git: readGitStateSync(context.outputDir ?? '.') })
  }

  setDatasetMetadata(dataset: DatasetOptions): void {
    this.record(datasetEvent(dataset))
  }

  addDatasetSource(source: DatasetSourceOptions): void {
    this.record(datasetSourceEvent(source))
  }

  recordModelRequest(request: ModelRequestOptions): void {
    if (!this.isEnabled()) return
    if (request.modelConfig !== undefined) this.#openConfig(request.modelName, request.modelConfig)
    this.record(requestEvent(request, nowMs()))
  }

  recordNodeExecution(execution: NodeExecutionOptions): void {
    if (this.isEnabled()) this.record(nodeEvent(execution))
  }

  recordProcessedRecord({ success = true }: { success?: boolean } = {}): void {
    this.record({ type: 'record-end', succeeded: success })
  }

  /** Sets the end time and the duration. */
  finalizeExecution(): void {
    this.endRun('complete')
  }

  /** The metadata as it stands; also while collection is off. */
  getMetadataSummary(): Metadata {
    this.#buffer?.clear()
    const generatedAtMs = nowMs()
    const summary = summarize(this.#totals, { generatedAtMs, utcOffsetMinutes: utcOffsetMinutes(generatedAtMs) })
    const isIncomplete = this.#besideLedgers.some(({ state }) => state.isIncomplete)
    const own = this.#ledger?.state
    const ledger =
      own === undefined ? {} : { ledger: ledgerBlock({ ...own, isIncomplete: own.isIncomplete || isIncomplete }) }
    return { ...summary, run_id: this.runId, parent_run_id: this.parentRunId ?? null, ...ledger }
  }

  /**
   * Writes the metadata file, ending the run first if that was not done, and gives its path; null while collection is off.
   * Without a path: `metadata/metadata_<task>_<timestamp>.json` in the output directory, else in the task's folder.
   *
   * @throws SygraError `not_writable`
   */
  saveMetadata(path?: string): string | null {
    if (!this.isEnabled()) return null
    if (this.#session === undefined) this.#startProgram()
    if (this.#endedAtMs === undefined || this.#isProgram) this.finalizeExecution()
    const target = path ?? this.#defaultPath()
    writeAtomicSync(target, formatMetadata(this.getMetadataSummary()))
    return target
  }

  /** Forgets everything but whether collection is on. */
  reset(): void {
    this.#buffer?.clear()
    this.#totals = new RunTotals()
    this.#session = undefined
    this.#isProgram = false
    this.#context = {}
    this.#endedAtMs = undefined
    this.#openedConfigs = new Map()
    this.#openedModels = new Set()
    this.#modelKeys = new Set()
    this.#beside = []
  }

  /** What was gathered while collection was on is recorded even if it has been turned off since. */
  #isListening(): boolean {
    return this.isEnabled() || this.#buffer?.isClearing === true
  }

  #openConfig(model: string, config: ModelConfig): void {
    // Callers hand over the same object for every request of a model.
    if (this.#openedConfigs.get(model) === config) return
    this.#openedConfigs.set(model, config)
    const open = {
      model,
      modelType: config.type,
      url: config.url === undefined ? undefined : redactUrl(config.url),
      parameters: redactParameters(config.parameters),
    }
    this.openModel(JSON.stringify(open), () => open)
  }

  /** A plain program, in which nobody has begun a run: what happened since the process began is one. */
  #startProgram(): void {
    this.#isProgram = true
    this.startRun({
      context: { ...this.#context, taskName: settingOf('SYGRA_TASK') || programName(), outputDir: programDirectory() },
      environment: readEnvironment(),
      git: readGitStateSync('.'),
      startedAtMs: Math.round(performance.timeOrigin),
      startedAtMonotonic: 0,
    })
  }

  #defaultPath(): string {
    const taskName = this.#context.taskName ?? 'unknown'
    const directory = this.#context.outputDir ?? taskDirectory(taskName)
    const pathAt = (timestamp: string) => metadataPathOf({ directory, taskName, timestamp })
    const timestamp = freeTimestamp({ atMs: nowMs(), isTaken: (candidate) => someExist([pathAt(candidate)]) })
    return pathAt(timestamp)
  }
}

const maxErrorType = 200

/** The name or code of an error is whatever its code, or a provider, made of it. */
function withCleanErrorType(event: MetadataEvent): MetadataEvent {
  if (!('errorType' in event) || event.errorType === undefined) return event
  return { ...event, errorType: redactLongText(event.errorType, maxErrorType) }
}

/** `ledger` of the metadata file. */
export function ledgerBlock(state: LedgerState): Metadata['ledger'] {
  const { path, events, missingEvents, isIncomplete, damagedLines } = state
  const missing = missingEvents === 0 ? {} : { missing_events: missingEvents }
  return { path: basename(path), events, ...missing, incomplete: isIncomplete, damaged_lines: damagedLines }
}

/** The text of a metadata file: two-space indent, UTF-8 unescaped, a newline at the end. */
export function formatMetadata(metadata: Metadata): string {
  return `${JSON.stringify(metadata, null, 2)}\n`
}

// A listener that throws must not break what is measured.
function callSafely(listener: (event: MetadataEvent) => void, event: MetadataEvent): void {
  try {
    listener(event)
  } catch {}
}
