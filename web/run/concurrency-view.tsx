import type { Metadata } from '../../src/metadata/schema.ts'
import { formatCount, formatDateTime } from '../../src/report/text/format-values.ts'
import { tableSection } from '../../src/report/text/section.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { SectionView } from '../shell/section-view.tsx'

/** How many requests at once each provider was sent, and why that was changed. */
export function ConcurrencyView({ metadata: { execution } }: { readonly metadata: Metadata }) {
  const rows = Object.entries(execution.concurrency ?? {}).flatMap(([provider, { history }]) =>
    history.map((change) => ({ provider, ...change })),
  )
  const section = tableSection({
    title: 'Limits of concurrency',
    rows: rows.slice(-50),
    columns: [
      { title: 'at', align: 'left', value: ({ at }) => formatDateTime(at) },
      { title: 'provider', align: 'left', value: ({ provider }) => provider },
      { title: 'limit', value: ({ limit }) => formatCount(limit) },
      { title: 'because of', align: 'left', value: ({ reason }) => reason },
    ],
  })
  if (section === undefined) return null
  return (
    <SectionCard title="Concurrency" note={rows.length > 50 ? 'the last 50 changes' : undefined}>
      <SectionView section={section} />
    </SectionCard>
  )
}
