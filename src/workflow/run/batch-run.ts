import { SygraError } from '../../errors.ts'
import type { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import type { RunRecorder } from '../../runtime/recorder/run-recorder.ts'
import { batchSettingsOf } from '../batches/batch-choice.ts'
import type { BatchDesk } from '../batches/batch-desk.ts'
import { takesBatches } from '../batches/batch-services.ts'
import type { PastRun } from './past-run.ts'
import type { PreparedRun } from './prepare-run.ts'
import type { RunOptions } from './run-options.ts'
import type { StopControl } from './stop-control.ts'

interface BatchRunOptions {
  readonly prepared: PreparedRun
  readonly options: RunOptions
  readonly past: PastRun | undefined
  readonly collector: MetadataCollector
  readonly recorder: RunRecorder | undefined
  readonly stop: StopControl
}

/**
 * True for a run that hands calls in as batches: all that can be, or those of the nodes that say so; and for one whose earlier
 * sessions have left some at a provider, since what is there is paid already.
 */
export function isBatchedRun({
  prepared,
  options,
  past,
}: Pick<BatchRunOptions, 'prepared' | 'options' | 'past'>): boolean {
  if (options.batchApi !== undefined && options.batchApi !== false) return true
  if (hasOpenBatches(past)) return true
  const { nodes } = prepared.definition.config.graph_config
  return Object.values(nodes).some((node) => 'batch' in node && node.batch === true)
}

function hasOpenBatches(past: PastRun | undefined): boolean {
  return past?.fold.totals.batches.all().some(({ state }) => state !== 'failed' && state !== 'withdrawn') ?? false
}

/**
 * Readies the desk at which the calls of a run are handed in together; undefined where it does not do that.
 *
 * @throws SygraError `bad_argument` where batches would be lost with the process, or there is nothing to hand in.
 */
export async function batchRun({
  prepared,
  options,
  past,
  collector,
  recorder,
  stop,
}: BatchRunOptions): Promise<BatchDesk | undefined> {
  const isTakenUp = options.batchApi === undefined && hasOpenBatches(past)
  const settings = batchSettingsOf(isTakenUp ? true : options.batchApi)
  if (!isBatchedRun({ prepared, options, past })) return undefined
  const { ledger } = recorder ?? {}
  const { files, models } = prepared
  if (files === undefined || ledger === undefined) {
    throw new SygraError(
      'bad_argument',
      'batches (`batchApi`) are kept in the ledger, so that none is lost or paid twice: do not turn off metadata, the ledger (`ledger: false`) or the files (`output: false`)',
    )
  }
  if (options.workers !== undefined) {
    throw new SygraError(
      'bad_argument',
      'batches (`batchApi`) wait at the provider, and more processes (`workers`) would not make them come sooner: leave one of them out',
    )
  }
  if (!models.clients.some(takesBatches)) {
    const names = [...new Set(models.clients.map(({ identity }) => identity.name))].join(', ')
    throw new SygraError(
      'bad_argument',
      `none of the models takes batches: ${names || 'there are none'}; OpenAI, Azure OpenAI and Anthropic do`,
    )
  }
  const { BatchDesk } = await import('../batches/batch-desk.ts')
  const desk = new BatchDesk({
    settings,
    directory: files.ledgerPath.replace(/\.jsonl$/, '_batches'),
    runId: collector.runId,
    past: past?.fold.totals.batches.all() ?? [],
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
