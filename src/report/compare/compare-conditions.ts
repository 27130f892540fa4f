import type { Metadata } from '../../metadata/schema.ts'
import { gitTextOf } from '../run/run-figures.ts'
import { formatCount } from '../text/format-values.ts'

/** Something that was not alike before the runs began. */
export interface BeforehandDifference {
  readonly what: string
  readonly base: string
  readonly head: string
  /** Makes the results hard to compare: other data, other prices, a rehearsal beside a real run. */
  readonly isGrave: boolean
}

interface Condition {
  readonly what: string
  readonly read: (run: Metadata) => string | undefined
  readonly isGrave?: boolean
}

const conditions: readonly Condition[] = [
  { what: 'task', isGrave: true, read: ({ execution }) => execution.task_name },
  { what: 'kind of run', isGrave: true, read: kindOf },
  { what: 'data hash', isGrave: true, read: dataHashOf },
  { what: 'data', isGrave: true, read: ({ dataset }) => dataset.source_path ?? dataset.source_type },
  { what: 'first record', isGrave: true, read: ({ dataset }) => formatCount(dataset.start_index) },
  { what: 'records', isGrave: true, read: (run) => formatCount(run.aggregate_statistics.records.total_processed) },
  { what: 'prices', isGrave: true, read: pricesOf },
  { what: 'configuration hash', read: ({ execution }) => execution.config_hash ?? undefined },
  {
    what: 'batch size',
    read: ({ execution }) => (execution.batch_size === null ? undefined : formatCount(execution.batch_size)),
  },
  { what: 'done by', read: ({ execution }) => doneBy(execution) },
  { what: 'commit', read: gitTextOf },
  { what: 'sygra', read: ({ execution }) => execution.environment.sygra_version ?? undefined },
  { what: 'node', read: ({ execution }) => execution.environment.node_version ?? undefined },
  { what: 'python', read: ({ execution }) => execution.environment.python_version ?? undefined },
  { what: 'host', read: ({ execution }) => execution.host ?? undefined },
]

/** What was not alike before the runs began, the gravest first. What only one of the files says is left out. */
export function differencesBeforehand(base: Metadata, head: Metadata): BeforehandDifference[] {
  const names = Object.keys(base.models).filter((name) => Object.hasOwn(head.models, name))
  const ofModels = names.flatMap((name) => modelConditions(name))
  const all = [...conditions, ...ofModels].flatMap(({ what, read, isGrave = false }) => {
    const [from, to] = [read(base), read(head)]
    return from === undefined || to === undefined || from === to ? [] : [{ what, base: from, head: to, isGrave }]
  })
  return [...all.filter(({ isGrave }) => isGrave), ...all.filter(({ isGrave }) => !isGrave)]
}

function modelConditions(name: string): Condition[] {
  return [
    {
      what: `parameters of ${name}`,
      read: ({ models }) => JSON.stringify(models[name]?.parameter_sets ?? [models[name]?.parameters]),
    },
    { what: `address of ${name}`, read: (run) => addressOf(run, name) },
    { what: `upstream model of ${name}`, read: ({ models }) => models[name]?.upstream_model ?? undefined },
  ]
}

/** Where a model was called; every rehearsal has a simulator of its own, whose address says nothing. */
function addressOf(run: Metadata, name: string): string | undefined {
  if (kindOf(run) === 'rehearsal') return undefined
  return [run.models[name]?.model_url ?? []].flat().join(', ')
}

function kindOf({ aggregate_statistics: { cost } }: Metadata): string | undefined {
  if (!cost.status) return undefined
  return cost.status === 'simulated' ? 'rehearsal' : 'real'
}

/** Digests of the data, source by source; undefined when the file does not say. */
export function dataHashOf({ dataset }: Metadata): string | undefined {
  const sources = Object.values(dataset.sources ?? {})
  if (sources.length === 0) return dataset.dataset_hash ?? undefined
  return sources.map(({ alias, dataset_hash }) => `${alias}: ${dataset_hash ?? 'unknown'}`).join(', ')
}

function pricesOf({ models }: Metadata): string | undefined {
  const receipts = Object.values(models).flatMap(({ cost }) => cost.receipt ?? [])
  const sources = new Set(receipts.map(({ source, version }) => `${source} ${version}`))
  return sources.size === 0 ? undefined : [...sources].sort().join(', ')
}

function doneBy({ workers }: Metadata['execution']): string {
  if (workers === undefined) return 'one process'
  return Object.values(workers).some(({ transport }) => transport === 'none') ? 'several processes' : 'workers'
}
