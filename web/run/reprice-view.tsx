import { Notice } from '../shell/notice.tsx'
import { RepriceForm, readRepriced } from '../shell/reprice-form.tsx'
import { SectionCard } from '../shell/section-card.tsx'
import { SectionView } from '../shell/section-view.tsx'
import { useAnswer } from '../source/use-answer.ts'
import type { RunContext } from './run-page.tsx'

/** What the run would have cost on another model: its tokens at the prices of that one. */
export function RepriceView({ context: { source, run, answer, query, onQuery } }: { readonly context: RunContext }) {
  const models = Object.keys(answer.metadata.models)
  const { from, to } = readRepriced(query, models)
  if (models.length === 0) return null
  return (
    <SectionCard id="other-model" title="On another model" note="the same tokens at other prices" isWide>
      <RepriceForm models={models} query={query} onQuery={onQuery} />
      {to === '' ? null : <Repriced source={source} run={run} from={from} to={to} />}
    </SectionCard>
  )
}

function Repriced({
  source,
  run,
  from,
  to,
}: Pick<RunContext, 'source' | 'run'> & { readonly from: string; readonly to: string }) {
  const { value, error } = useAnswer(() => source.reprice([run], new Map([[from, to]])), [run, from, to])
  if (error !== undefined) return <Notice title={error} tone="bad" />
  return (
    <>
      {value?.flatMap(({ sections }) =>
        sections.map((section) => <SectionView key={section.title} section={section} />),
      )}
    </>
  )
}
