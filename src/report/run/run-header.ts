import type { Metadata } from '../../metadata/schema.ts'
import { isOpenBatch } from '../../metadata/sent-work.ts'
import { formatPartOf } from '../text/format-cost.ts'
import { formatCount, formatDateTime, formatQuantity, formatSeconds } from '../text/format-values.ts'
import { type Cell, type PairsSection, type Section, tableSection } from '../text/section.ts'
import { costOfRun } from './run-cost.ts'
import { allFailed, statusText, tones } from './run-ending.ts'
import { gitTextOf, statusOf } from './run-figures.ts'
import { type PreviousRun, verdictCell, verdictOf } from './verdict.ts'

/** What is to be said of a run in a few sentences; then what was run, when, from which commit, over which data. */
export function headerSection(metadata: Metadata, previous?: PreviousRun): PairsSection {
  const { execution, dataset } = metadata
  const { timing } = execution
  const started = timing.start_time === null ? undefined : formatDateTime(timing.start_time)
  const pairs: [string, Cell | undefined][] = [
    ['in short', verdictCell(verdictOf(metadata, previous))],
    ['status', { text: statusText(metadata), tone: allFailed(metadata) ? 'bad' : tones[statusOf(metadata)] }],
    ['run', metadata.run_id || undefined],
    ['name', execution.run_name || undefined],
    ['started', started],
    ['duration', timing.duration_seconds === null ? undefined : formatSeconds(timing.duration_seconds)],
    ['git', gitTextOf(metadata)],
    ['dataset', datasetText(dataset)],
    ['output', execution.output_path ?? undefined],
    ['parent run', metadata.parent_run_id ?? undefined],
    ['repriced from', metadata.repriced_from?.file],
  ]
  return {
    type: 'pairs',
    title: execution.task_name,
    pairs: pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  }
}

/** The sources of a dataset that has several. */
export function sourcesSection({ dataset }: Metadata): Section | undefined {
  return tableSection({
    title: 'Data sources',
    rows: Object.entries(dataset.sources ?? {}),
    columns: [
      { title: 'alias', align: 'left', value: ([alias]) => alias },
      { title: 'type', align: 'left', value: ([, source]) => source.source_type ?? undefined },
      { title: 'path', align: 'left', value: ([, source]) => source.source_path ?? undefined },
      { title: 'join', align: 'left', value: ([, source]) => source.join_type ?? undefined, dropOrder: 1 },
      { title: 'hash', align: 'left', value: ([, source]) => source.dataset_hash ?? undefined, dropOrder: 2 },
    ],
  })
}

/** The sessions of a run that was taken up again. */
export function sessionsSection({ execution: { sessions = [] } }: Metadata): Section | undefined {
  return tableSection({
    title: 'Sessions',
    rows: sessions.length > 1 ? sessions : [],
    columns: [
      { title: 'started', align: 'left', value: ({ start_time }) => formatDateTime(start_time) },
      { title: 'status', align: 'left', value: ({ status }) => status },
      { title: 'duration', value: ({ duration_seconds }) => formatSeconds(duration_seconds) },
      { title: 'records', value: ({ records }) => formatCount(records) },
    ],
  })
}

/** A row for each process that did records of the run, or that is one of a program's. */
export function workersSection(metadata: Metadata): Section | undefined {
  const { workers = {}, sessions = [] } = metadata.execution
  const isResumed = sessions.length > 1
  const cost = costOfRun(metadata)
  const isRehearsal = cost.status === 'simulated'
  const rows = Object.entries(workers)
  const isProgram = rows.some(([, { transport }]) => transport === 'none')
  const hasRecords = !isProgram || rows.some(([, { records }]) => records > 0)
  return tableSection<[string, NonNullable<Metadata['execution']['workers']>[string]]>({
    title: isProgram ? 'Processes' : 'Workers',
    rows,
    columns: [
      { title: isProgram ? 'process' : 'worker', align: 'left', value: ([name]) => name },
      { title: 'program', align: 'left', value: ([, { program }]) => program },
      { title: 'host', align: 'left', value: ([, { host }]) => host ?? undefined, dropOrder: 3 },
      {
        title: isProgram ? 'pid' : 'process',
        value: ([, { pid, thread }]) =>
          pid === null ? undefined : `${pid}${thread === undefined ? '' : `/${thread}`}`,
        dropOrder: 4,
      },
      {
        title: 'session',
        value: ([, { session }]) => (isResumed && session !== null ? String(session + 1) : undefined),
        dropOrder: 5,
      },
      { title: 'records', value: ([, { records }]) => (hasRecords ? formatCount(records) : undefined) },
      {
        title: 'failed',
        value: ([, { failed_records }]) => formatCount(failed_records),
        hidesZeros: true,
        dropOrder: 2,
      },
      { title: 'requests', value: ([, { total_requests }]) => formatCount(total_requests) },
      { title: 'tokens', value: ([, { total_tokens }]) => formatCount(total_tokens), dropOrder: 6 },
      {
        title: isRehearsal ? 'simulated cost' : 'cost',
        value: ([, { total_cost_usd }]) => formatPartOf(total_cost_usd, cost),
      },
      { title: 'time', value: ([, { duration_seconds }]) => formatSeconds(duration_seconds), dropOrder: 1 },
      { title: 'left because', align: 'left', value: ([, { reason }]) => reason, dropOrder: 7 },
    ],
  })
}

function datasetText(dataset: Metadata['dataset']): string | undefined {
  if (dataset.sources !== undefined) return formatQuantity(Object.keys(dataset.sources).length, 'source')
  if (dataset.source_type === 'unknown' || dataset.source_type === 'none') return undefined
  const path = dataset.source_path === null ? '' : ` ${dataset.source_path}`
  const start = dataset.start_index > 0 ? `, from record ${formatCount(dataset.start_index)}` : ''
  const count = dataset.num_records_processed
  // How many it holds is not known: none are done yet.
  const records = count === 0 ? '' : `, ${formatQuantity(count, 'record')}`
  return `${dataset.source_type}${path}${records}${start}`
}

type Batch = NonNullable<Metadata['execution']['batches']>[number]

/** A row for each batch that the run handed in. */
export function batchesSection({ execution: { batches = [] } }: Metadata): Section | undefined {
  return tableSection<Batch>({
    title: 'Batches',
    rows: batches,
    columns: [
      { title: 'batch', align: 'left', value: ({ id }) => id },
      { title: 'at the provider', align: 'left', value: ({ provider_id }) => provider_id ?? undefined, dropOrder: 3 },
      { title: 'model', align: 'left', value: ({ model }) => model, dropOrder: 2 },
      {
        title: 'state',
        align: 'left',
        value: ({ state }) => (state === 'failed' ? { text: state, tone: 'bad' } : state),
      },
      { title: 'calls', value: ({ lines }) => formatCount(lines) },
      { title: 'answered', value: ({ answered }) => (answered === null ? undefined : formatCount(answered)) },
      {
        title: 'took',
        value: (batch) => (isOpenBatch(batch) ? undefined : formatSeconds(secondsOf(batch))),
        dropOrder: 1,
      },
      { title: 'because', align: 'left', value: ({ reason }) => reason, dropOrder: 4 },
    ],
  })
}

/** From the moment it was handed in until it was last heard of. */
function secondsOf({ submitted_at, changed_at }: Batch): number {
  return Math.max(0, (Date.parse(changed_at) - Date.parse(submitted_at)) / 1000)
}
