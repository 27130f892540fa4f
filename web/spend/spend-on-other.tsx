import type { RunRow } from '../../src/report/runs/run-row.ts'
import { formatChange, formatQuantity, formatUsd } from '../../src/report/text/format-values.ts'
import { Loading, Notice } from '../shell/notice.tsx'
import { RepriceForm, readRepriced } from '../shell/reprice-form.tsx'
import type { QueryChanges } from '../shell/route.ts'
import { SectionCard } from '../shell/section-card.tsx'
import type { Source } from '../source/source.ts'
import { useAnswer } from '../source/use-answer.ts'
import { kindOf, type MoneyKind, repricedSum } from './spend-sums.ts'

/** More runs than these would take long: each ledger is read. */
const maxRuns = 30

/** What the runs that are selected would have cost, had one model been another; those whose money is of the kind that is shown. */
export function SpendOnOther({
  source,
  rows,
  kind,
  query,
  onQuery,
}: {
  readonly source: Source
  readonly rows: readonly RunRow[]
  readonly kind: MoneyKind
  readonly query: URLSearchParams
  readonly onQuery: (changes: QueryChanges) => void
}) {
  const ofKind = rows.filter(({ cost }) => kindOf(cost) === kind)
  const models = [...new Set(ofKind.flatMap(({ models: used = [] }) => used.map(({ model }) => model)))].sort()
  const { from, to } = readRepriced(query, models)
  if (models.length === 0) return null
  const using = ofKind.filter((row) => row.models?.some(({ model }) => model === from))
  return (
    <SectionCard title="On another model" note="the same tokens at other prices, from the ledgers" isWide>
      <RepriceForm models={models} query={query} onQuery={onQuery} />
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
  const { value, error } = useAnswer(async () => {
    const repriced = paths.length === 0 ? [] : await source.reprice(paths, new Map([[from, to]]))
    return { from, to, of, repriced }
  }, [paths.join('\n'), from, to])
  if (error !== undefined) return <Notice title={error} tone="bad" />
  if (value === undefined) return <Loading what="the ledgers" />
  const { runs, unknown, beforeUsd, afterUsd } = repricedSum(value.repriced)
  return (
    <p class="card-text card-end">
      {runs === 0 ? null : (
        <>
          {formatQuantity(runs, 'run')} with {value.from}: {formatUsd(beforeUsd)} as it was,{' '}
          <strong>{formatUsd(afterUsd)}</strong> with {value.to} in its place
          {beforeUsd > 0 ? ` (${formatChange(afterUsd / beforeUsd - 1)})` : ''}.{' '}
        </>
      )}
      {unknown > 0
        ? `Of ${formatQuantity(unknown, 'run')} nobody can say: a part of the cost, before or after, is not known.`
        : ''}
      {value.of > maxRuns ? ` These are the latest ${maxRuns} of ${value.of}: choose fewer above.` : ''}
    </p>
  )
}
