import type { Metadata } from '../../metadata/schema.ts'
import { formatCount, formatSeconds } from '../text/format-values.ts'
import type { Section } from '../text/section.ts'
import { tableSection } from '../text/section.ts'

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
      { title: 'took', value: (batch) => formatSeconds(secondsOf(batch)), dropOrder: 1 },
      { title: 'because', align: 'left', value: ({ reason }) => reason, dropOrder: 4 },
    ],
  })
}

/** From the moment it was handed in until it was last heard of. */
function secondsOf({ submitted_at, changed_at }: Batch): number {
  return Math.max(0, (Date.parse(changed_at) - Date.parse(submitted_at)) / 1000)
}
