import type { Metadata } from '../../src/metadata/schema.ts'
import { Notice } from '../shell/notice.tsx'
import { SectionCard } from '../shell/section-card.tsx'
import { SectionView } from '../shell/section-view.tsx'
import type { Source } from '../source/source.ts'
import { useAnswer } from '../source/use-answer.ts'

/** Money and time that brought nothing, and what to do about it; what `sygra waste` says. */
export function WasteView({
  source,
  run,
  metadata,
  version,
}: {
  readonly source: Source
  readonly run: string
  readonly metadata: Metadata
  /** Another one asks again. */
  readonly version: string | number | undefined
}) {
  const { value = [], error } = useAnswer(() => source.waste(run), [run, version])
  if (error !== undefined) return <Notice title={error} tone="bad" />
  const taskTitle = `Waste of ${metadata.execution.task_name}`
  return (
    <div id="waste" class="cards">
      {value.map((section) => {
        const title = section.title === taskTitle ? 'Waste' : `Waste: ${section.title?.toLowerCase() ?? ''}`
        return (
          <SectionCard key={title} title={title}>
            <SectionView section={section} />
          </SectionCard>
        )
      })}
    </div>
  )
}
