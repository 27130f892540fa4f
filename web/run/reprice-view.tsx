import { useState } from 'preact/hooks'
import { Notice } from '../shell/notice.tsx'
import { SectionCard } from '../shell/section-card.tsx'
import { SectionView } from '../shell/section-view.tsx'
import { useAnswer } from '../source/use-answer.ts'
import type { RunContext } from './run-page.tsx'

/** What the run would have cost on another model: its tokens at the prices of that one. */
export function RepriceView({ context: { source, run, answer, query, onQuery } }: { readonly context: RunContext }) {
  const models = Object.keys(answer.metadata.models)
  const from = query.get('as-from') ?? models[0] ?? ''
  const to = query.get('as-to') ?? ''
  const [typed, setTyped] = useState(to)
  if (models.length === 0) return null
  return (
    <SectionCard id="other-model" title="On another model" note="the same tokens at other prices" isWide>
      <form
        class="reprice"
        onSubmit={(event) => {
          event.preventDefault()
          onQuery({ 'as-from': from, 'as-to': typed.trim() })
        }}
      >
        <label>
          What was asked of{' '}
          <select value={from} onChange={(event) => onQuery({ 'as-from': event.currentTarget.value })}>
            {models.map((model) => (
              <option key={model} value={model}>
                {model}
              </option>
            ))}
          </select>
        </label>
        <label>
          at the price of{' '}
          <input
            class="search"
            value={typed}
            placeholder="such as gpt-4.1-mini"
            list="known-models"
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <datalist id="known-models">
          {models.map((model) => (
            <option key={model} value={model} />
          ))}
        </datalist>
        <button type="submit" class="button">
          Work it out
        </button>
      </form>
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
