import { messageOf } from '../../errors.ts'
import { picodollarsPerUsd } from '../../metadata/cost.ts'
import type { MetadataEvent, RequestEnd } from '../../metadata/event.ts'
import { completionTokensOf, promptTokensOf } from '../../metadata/usage.ts'
import { forecastOf, type Pilot, type PilotRecord, pilotSections } from '../../report/estimate/pilot-sections.ts'
import { redactLongText } from '../../runtime/redact.ts'
import { loadWholeTask } from '../../workflow/load-whole-task.ts'
import type { RecordFailure, RunOptions, RunResult } from '../../workflow/run/run-options.ts'
import { runWorkflow } from '../../workflow/run/run-workflow.ts'
import { resumeCommandOf } from '../terminal/command-line.ts'
import { recordCountOf } from '../terminal/option-values.ts'
import { createLiveProgress } from '../terminal/progress.ts'
import { note, sectionsText } from '../terminal/terminal.ts'
import { listenForSignals, stoppedExitCode } from './run-signals.ts'
import { simulatorOptionsOf } from './simulate-options.ts'

/** What `sygra estimate --pilot` was given. */
export interface PilotFlags {
  readonly task: string
  readonly source?: string
  readonly numRecords?: number
  readonly startIndex?: number
  readonly onBadRecord: 'skip' | 'fail'
  readonly batchSize: number
  readonly outputDir?: string
  readonly maxCost?: number
  readonly allowUnpriced?: boolean
  readonly simulate?: boolean | string
  readonly simulateSeed?: number
  readonly simulateFaults?: number
  readonly simulateSpeed?: number
  readonly json?: boolean
  readonly debug: boolean
}

/** Does the first records of a run, tells what the whole will come to, and how to go on. */
export async function runPilot(flags: PilotFlags, pilotRecords: number): Promise<void> {
  const needsKeys = simulatorOptionsOf(flags) === false
  const definition = await loadWholeTask(flags.task, { sourcePath: flags.source, needsKeys })
  const records = new PilotRecords()
  const startedAt = performance.now()
  let [totalRecords, startedWorkAt] = [pilotRecords, startedAt]
  let progress: { stop: () => void } | undefined
  let saveNow: (reason: string) => void = () => {}
  const signals = listenForSignals({
    onFirst: (signal) => note(`${signal}: no more records are taken. Once more stops at once.`),
    saveNow: (reason) => saveNow(reason),
  })
  try {
    const result = await runWorkflow(definition, {
      ...runOptionsOf(flags, pilotRecords),
      stop: signals.stop,
      onEvent: (event) => records.take(event),
      onNotice: note,
      onStart: ({ collector, recordCount = pilotRecords, runningRequests, ...start }) => {
        saveNow = start.saveNow
        totalRecords = recordCount
        startedWorkAt = performance.now()
        const shown = Math.min(pilotRecords, recordCount)
        const live = { totalRecords: shown, runningRequests, isQuiet: flags.json === true, isJson: false, collector }
        progress = createLiveProgress({ stream: process.stderr, ...live })
      },
    })
    progress?.stop()
    const tookSeconds = (performance.now() - startedWorkAt) / 1000
    print(pilotOf(result, { records, totalRecords, tookSeconds, atOnce: flags.batchSize }), flags)
    end(result, signals.exitCode())
  } finally {
    progress?.stop()
    signals.dispose()
  }
}

function runOptionsOf(flags: PilotFlags, pauseAfter: number): RunOptions {
  const numRecords = recordCountOf(flags.numRecords)
  const { startIndex, batchSize, outputDir, onBadRecord, maxCost: maxCostUsd, allowUnpriced } = flags
  const simulate = simulatorOptionsOf(flags)
  const limits = { maxCostUsd, allowUnpriced, pauseAfter }
  const options = { numRecords, startIndex, batchSize, outputDir, onBadRecord, simulate }
  return { ...options, ...limits, resume: false, keepRecords: false }
}

function pilotOf(
  { metadata }: RunResult,
  { records, ...rest }: Pick<Pilot, 'totalRecords' | 'tookSeconds' | 'atOnce'> & { readonly records: PilotRecords },
): Pilot {
  const cost = metadata?.aggregate_statistics.cost
  return {
    ...rest,
    records: records.ended,
    failed: records.failed,
    unpricedRequests: Number(cost?.unpriced_requests ?? 0),
    isSimulated: cost?.status === 'simulated',
  }
}

function print(pilot: Pilot, { json }: PilotFlags): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(forecastOf(pilot), null, 2)}\n`)
    return
  }
  const text = sectionsText(pilotSections(pilot))
  process.stdout.write(`${text}\n`)
}

function end({ status, stopped, failures, outputPath, metadataPath }: RunResult, signalCode: number | undefined): void {
  note(renderFailures(failures).trimEnd())
  note(`Output:   ${outputPath}`)
  if (metadataPath !== null) note(`Metadata: ${metadataPath}`)
  if (status !== 'interrupted') return
  if (stopped?.type !== 'pause') note(`Stopped before the end of the pilot: ${stopped?.message ?? 'it was given up'}.`)
  note(`These records are the beginning of the run. To go on with the others:\n  ${goOnCommand(process.argv.slice(2))}`)
  process.exitCode = signalCode ?? stoppedExitCode(stopped)
}

const pilotOptions = new Set(['--pilot', '--answer-tokens', '--max-cost', '--json', '--allow-unpriced'])
const pilotSwitches = new Set(['--json', '--allow-unpriced'])

/** The command line that does the rest of the run, made of the one that did the pilot. */
export function goOnCommand(args: readonly string[], program?: string): string {
  const kept: string[] = []
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? ''
    const name = (argument.split('=')[0] ?? '').replaceAll('_', '-')
    if (!pilotOptions.has(name)) kept.push(index === 0 && argument === 'estimate' ? 'run' : argument)
    else if (!pilotSwitches.has(name) && !argument.includes('=')) index += 1
  }
  return resumeCommandOf(kept, { program })
}

const nothing: PilotRecord = { usd: 0, promptTokens: 0, completionTokens: 0, requests: 0, seconds: 0 }

/** What each record of a run came to, told from its events. */
export class PilotRecords {
  readonly ended: PilotRecord[] = []
  failed = 0
  readonly #inWork = new Map<string, PilotRecord>()

  take(event: MetadataEvent): void {
    if (event.type === 'request-end') this.#addRequest(event)
    if (event.type !== 'record-end' || event.recordId === undefined) return
    const usd = (event.costPicodollars ?? 0) / picodollarsPerUsd
    this.ended.push({ ...this.#soFar(event.recordId), usd, seconds: event.durationSeconds ?? 0 })
    this.#inWork.delete(event.recordId)
    if (!event.succeeded) this.failed += 1
  }

  #addRequest({ recordId, usage = {} }: RequestEnd): void {
    if (recordId === undefined) return
    const before = this.#soFar(recordId)
    this.#inWork.set(recordId, {
      ...before,
      requests: before.requests + 1,
      promptTokens: before.promptTokens + (promptTokensOf(usage) ?? 0),
      completionTokens: before.completionTokens + (completionTokensOf(usage) ?? 0),
    })
  }

  #soFar(recordId: string): PilotRecord {
    return this.#inWork.get(recordId) ?? nothing
  }
}

const shownFailures = 5

/** The first of the records that failed and why, a line each; empty when none did. */
function renderFailures(failures: readonly RecordFailure[]): string {
  const lines = failures.slice(0, shownFailures).map(({ recordId, error }) => `  ${recordId}: ${firstLineOf(error)}`)
  if (lines.length === 0) return ''
  const more = failures.length > shownFailures ? [`  … and ${failures.length - shownFailures} more`] : []
  return ['Failed records:', ...lines, ...more, ''].join('\n')
}

function firstLineOf(error: unknown): string {
  return redactLongText(messageOf(error), 4_096).split('\n')[0]?.slice(0, 200) ?? ''
}
