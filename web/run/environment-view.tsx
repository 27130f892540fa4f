import type { Metadata } from '../../src/metadata/schema.ts'
import { formatCount, unknownMark } from '../../src/report/text/format-values.ts'
import type { PairsSection } from '../../src/report/text/section.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { SectionView } from '../shell/section-view.tsx'

/** How the run was set up, and where it ran. */
export function EnvironmentView({ metadata }: { readonly metadata: Metadata }) {
  return (
    <div id="setup" class="cards">
      <SectionCard title="Configuration">
        <SectionView section={configurationOf(metadata)} />
      </SectionCard>
      <SectionCard title="Environment">
        <SectionView section={environmentOf(metadata)} />
      </SectionCard>
    </div>
  )
}

type Pair = readonly [name: string, value: string | null | undefined]

function configurationOf({ execution, models, dataset }: Metadata): PairsSection {
  const { batch_size, checkpoint_interval, resumable, debug, num_records, config_hash } = execution
  // A program that is watched from outside was asked for no records.
  const isWorkflow = execution.graph !== undefined || num_records !== null || dataset.source_type !== 'unknown'
  const ofModels = Object.entries(models).flatMap(([name, model]): Pair[] => {
    const sets = (model.parameter_sets ?? [model.parameters]).filter((set) => Object.keys(set ?? {}).length > 0)
    return [
      [`${name}: parameters`, sets.map((set) => JSON.stringify(set)).join(' and ')],
      [`${name}: address`, [model.model_url ?? []].flat().join(', ')],
    ]
  })
  const ofWorkflow: Pair[] = [
    [
      'records asked for',
      num_records === undefined ? undefined : num_records === null ? 'all' : formatCount(num_records),
    ],
    ['first record', formatCount(dataset.start_index)],
    ['dataset', [dataset.source_type, dataset.source_path, dataset.dataset_version].filter(Boolean).join(' ')],
    ['dataset hash', dataset.dataset_hash],
    ['batch size', formatCount(batch_size)],
    ['checkpoint interval', formatCount(checkpoint_interval)],
    ['resumable', yesOrNo(resumable)],
  ]
  return pairsSection([
    ...(isWorkflow ? ofWorkflow : []),
    ['debug', yesOrNo(debug)],
    ['configuration hash', config_hash],
    ...ofModels,
  ])
}

function environmentOf({ execution, ledger, metadata_version, generated_at, parent_run_id }: Metadata): PairsSection {
  const { environment, git, host, pid, output_dir } = execution
  return pairsSection([
    ['sygra', environment.sygra_version],
    ['node', environment.node_version],
    ['python', environment.python_version],
    ['host', host],
    ['process', pid === undefined || pid === null ? undefined : String(pid)],
    ['output folder', output_dir],
    ['commit', git.commit_hash],
    ['branch', git.branch],
    ['uncommitted changes', yesOrNo(git.is_dirty)],
    ['remote', git.remote_url],
    ['parent run', parent_run_id],
    ['format', metadata_version],
    ['written', generated_at],
    ['ledger', ledger?.path],
    ['events', ledger === undefined ? undefined : formatCount(ledger.events)],
    ['events lost', ledger?.incomplete ? 'yes: the disk was full or the file could not be written' : undefined],
  ])
}

function pairsSection(pairs: readonly Pair[]): PairsSection {
  const known = pairs.flatMap(([name, value]) => (value && value !== unknownMark ? [[name, value] as const] : []))
  return { type: 'pairs', pairs: known }
}

function yesOrNo(value: boolean | null): string | undefined {
  return value === null ? undefined : value ? 'yes' : 'no'
}
