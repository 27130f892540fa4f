import { SygraError } from '../../errors.ts'
import { DeferredReads } from '../../metadata/events/deferred-reads.ts'
import type { LatestChange } from '../../metadata/totals/batch-totals.ts'
import type { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import type { RunRecorder } from '../../runtime/recorder/run-recorder.ts'
import { type BatchSettings, batchSettingsOf } from '../batches/batch-choice.ts'
import type { BatchDesk } from '../batches/batch-desk.ts'
import { takesBatches } from '../batches/batch-services.ts'
import type { PastRun } from './past/past-run.ts'
import { keepsLedger } from './prepare/check-options.ts'
import type { PreparedRun } from './prepare/prepare-run.ts'
import type { RunOptions } from './run-options.ts'
import type { StopControl } from './stop-control.ts'

interface BatchedRun {
  readonly prepared: PreparedRun
  readonly options: RunOptions
  readonly past: PastRun | undefined
}

/**
 * How a run hands calls in as batches, all that can be or those of the nodes that say so; undefined for one that does not. One
 * whose earlier sessions have left some at a provider does, since what is there is paid already.
 *
 * @throws SygraError `bad_argument` where batches would be lost with the process, or there is nothing to hand in.
 */
export function checkedBatches({ prepared, options, past }: BatchedRun): BatchSettings | undefined {
  const settings = batchSettingsOf(options.batchApi)
  const { clients, batchWishes } = prepared.models
  if (!settings.isForAll && batchWishes.length === 0 && openBatchesOf(past).length === 0) {
    if (typeof options.batchApi !== 'object') return undefined
    throw new SygraError(
      'bad_argument',
      'how batches are waited for has no effect: no node says `batch: true`; hand all calls in that can wait (`batchApi: true`), or leave it out',
    )
  }
  if (!keepsLedger(options)) {
    throw new SygraError(
      'bad_argument',
      'batches (`batchApi`) are kept in the ledger, so that none is lost or paid twice: do not turn off metadata, the ledger (`ledger: false`) or the files (`output: false`)',
    )
  }
  if (options.workers !== undefined) {
    throw new SygraError(
      'bad_argument',
      'batches (`batchApi`, or `batch: true` of a node) wait at the provider, and more processes (`workers`) would not make them come sooner: leave one of them out',
    )
  }
  if (!clients.some(takesBatches)) {
    const names = [...new Set(clients.map(({ identity }) => identity.name))].join(', ')
    throw new SygraError(
      'bad_argument',
      `none of the models takes batches: ${names || 'there are none'}; OpenAI, Azure OpenAI and Anthropic do`,
    )
  }
  for (const { where, client } of batchWishes) {
    if (takesBatches(client)) continue
    options.onNotice?.(
      `WARNING: ${where}: \`batch: true\` has no effect, as ${client.identity.name} takes no batches: it is asked at the usual price`,
    )
  }
  return settings
}

/** Batches of earlier sessions of which something may be left to be read. */
function openBatchesOf(past: PastRun | undefined): readonly LatestChange[] {
  if (past === undefined) return []
  const { batches, execution } = past.fold.totals
  const ends = execution.sessionsInOrder().map(({ end }) => (end?.status === 'complete' ? end.endedAtMs : 0))
  // A session that was complete has read what had ended by then, and removed its files.
  const readUntilMs = Math.max(0, ...ends)
  return batches.all().filter(({ state, atMs }) => {
    if (state === 'failed' || state === 'withdrawn') return false
    return state !== 'ended' || atMs > readUntilMs
  })
}

interface BatchRunOptions extends BatchedRun {
  readonly settings: BatchSettings
  readonly collector: MetadataCollector
  readonly recorder: RunRecorder | undefined
  readonly stop: StopControl
}

/** Readies the desk at which the calls of a run are handed in together. */
export async function batchRun({
  settings,
  prepared: { files, models },
  options,
  past,
  collector,
  recorder,
  stop,
}: BatchRunOptions): Promise<BatchDesk> {
  const { ledger } = recorder ?? {}
  if (files === undefined || ledger === undefined) throw new Error('there is no ledger to keep batches in')
  const { BatchDesk } = await import('../batches/batch-desk.ts')
  const totals = past?.fold.totals
  const desk = new BatchDesk({
    settings,
    directory: files.ledgerPath.replace(/\.jsonl$/, '_batches'),
    runId: collector.runId,
    past: {
      count: totals?.batches.size ?? 0,
      open: openBatchesOf(past),
      reads: totals?.deferredReads() ?? new DeferredReads(),
      failuresOf: (recordId) => past?.failures.get(recordId) ?? 0,
    },
    record: (change) => collector.record(change),
    sync: () => ledger.sync(),
    onRefused: (message) => stop.stop({ type: 'model-down', message }),
    onNotice: (message) => options.onNotice?.(message),
  })
  models.batches = desk
  stop.taking.addEventListener('abort', () => {
    // At a limit, or where it was to pause, what was begun comes to its end as far as the grace allows.
    if (stop.reason?.type === 'signal' || stop.work.aborted) leave(desk, options)
  })
  stop.work.addEventListener('abort', () => leave(desk, options))
  return desk
}

function leave(desk: BatchDesk, options: RunOptions): void {
  const { waiting } = desk
  if (desk.isLeft) return
  desk.leave()
  if (waiting === 0) return
  const [what, they] =
    waiting === 1 ? ['1 batch of the run is', 'it answers'] : [`${waiting} batches of the run are`, 'they answer']
  options.onNotice?.(`${what} left at the provider; the run, when it is resumed, waits on for what ${they}`)
}
