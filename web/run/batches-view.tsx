import type { Metadata } from '../../src/metadata/schema.ts'
import { batchesSection } from '../../src/report/run/run-header.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { SectionView } from '../shell/section-view.tsx'

const width = 600
const rowHeight = 14

/** What the run handed in to be answered later: a bar for each from then until it was last heard of, and a row. */
export function BatchesView({ metadata }: { readonly metadata: Metadata }) {
  const section = batchesSection(metadata)
  const batches = metadata.execution.batches ?? []
  if (section === undefined) return null
  const times = batches.flatMap(({ submitted_at, changed_at }) => [Date.parse(submitted_at), Date.parse(changed_at)])
  const from = Math.min(...times)
  const scale = width / Math.max(1, Math.max(...times) - from)
  return (
    <SectionCard title="Batches" isWide>
      <svg
        class="batch-bars"
        viewBox={`0 0 ${width} ${batches.length * rowHeight}`}
        role="img"
        aria-label="When each batch was handed in and when it was last heard of"
      >
        {batches.map(({ id, state, submitted_at, changed_at }, index) => (
          <rect
            key={id}
            x={(Date.parse(submitted_at) - from) * scale}
            y={index * rowHeight + 2}
            width={Math.max(2, (Date.parse(changed_at) - Date.parse(submitted_at)) * scale)}
            height={rowHeight - 4}
            fill="currentColor"
            opacity={state === 'ended' ? 0.8 : 0.4}
          >
            <title>{`${id}: ${state}`}</title>
          </rect>
        ))}
      </svg>
      <SectionView section={section} />
    </SectionCard>
  )
}
