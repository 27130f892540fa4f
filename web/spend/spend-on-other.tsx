import { useState } from 'preact/hooks'
import type { RunRow } from '../../src/report/runs/run-row.ts'
import { formatChange, formatQuantity, formatUsd } from '../../src/report/text/format-values.ts'
import { Loading, Notice } from '../shell/notice.tsx'
import type { QueryChanges } from '../shell/route.ts'
import { SectionCard } from '../shell/section-card.tsx'
import type { Source } from '../source/source.ts'
import { useAnswer } from '../source/use-answer.ts'

/** More runs than these would take long: each ledger is read. */
const maxRuns = 30

/** What the runs that are selected would have cost, had one model been another. */
export function SpendOnOther({
  source,
  rows,
  query,
  onQuery,
}: {
  readonly source: Source
  readonly rows: readonly RunRow[]
  readonly query: URLSearchParams
  readonly onQuery: (changes: QueryChanges) => void
}) {
  const models = [...new Set(rows.flatMap(({ models: used = [] }) => used.map(({ model }) => model)))].sort()
  const from = query.get('as-from') ?? models[0] ?? ''
  const to = query.get('as-to') ?? ''
  const [typed, setTyped] = useState(to)
  if (models.length === 0) return null
  const using = rows.filter((row) => row.models?.some(({ model }) => model === from))
  return (
    <SectionCard title="On another model" note="the same tokens at other prices, from the ledgers" isWide>
      <form
        class="reprice"
        onSubmit={(event) => {
          event.preventDefault()
          onQuery({ 'as-from': from, 'as-to': typed.trim() })
        }}
      >
        <label>
          What was asked of{' '}
          <select value={from} onChange={(event) => onQuery({ 'as-from': event.currentTarget.value, 'as-to': '' })}>
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
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button">
          Work it out
        </button>
      </form>
      {to === '' ? null : <Sum source={source} rows={using.slice(0, maxRuns)} of={using.length} from={from} to={to} />}
    </SectionCard>
  )
}

function Sum({
  source,
  rows,
  of,
  from,
  to,
}: {
  readonly source: Source
  readonly rows: readonly RunRow[]
  readonly of: number
  readonly from: string
  readonly to: string
}) {
  const paths = rows.map(({ path }) => path)
  const { value, error } = useAnswer(() => source.reprice(paths, new Map([[from, to]])), [paths.join('\n'), from, to])
  if (error !== undefined) return <Notice title={error} tone="bad" />
  if (value === undefined) return <Loading what="the ledgers" />
  const known = value.flatMap(({ usd }, index) => (usd === undefined ? [] : [{ usd, row: rows[index] }]))
  const before = known.reduce((sum, { row }) => sum + (row?.cost.total_cost_usd ?? 0), 0)
  const after = known.reduce((sum, { usd }) => sum + usd, 0)
  const unknown = value.length - known.length
  return (
    <p class="card-text card-end">
      {formatQuantity(known.length, 'run')} with {from}: {formatUsd(before)} as it was,{' '}
      <strong>{formatUsd(after)}</strong> with {to} in its place
      {before > 0 ? ` (${formatChange(after / before - 1)})` : ''}.
      {unknown > 0 ? ` Of ${formatQuantity(unknown, 'run')} nobody can say.` : ''}
      {of > maxRuns ? ` These are the latest ${maxRuns} of ${of}: choose fewer above.` : ''}
    </p>
  )
}
