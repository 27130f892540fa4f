import { useState } from 'preact/hooks'
import { picodollarsPerUsd } from '../../src/metadata/cost.ts'
import type { Metadata } from '../../src/metadata/schema.ts'
import { formatDerivedCost } from '../../src/report/text/format-cost.ts'
import { formatCount, formatQuantity, formatSeconds } from '../../src/report/text/format-values.ts'
import type { LedgerAnswer, RecordsAnswer } from '../../src/studio/api.ts'
import type { RecordOrder, RecordRow } from '../../src/studio/record-list.ts'
import { Loading, Notice } from '../shell/notice.tsx'
import { SectionCard } from '../shell/section-card.tsx'
import { TableFrame } from '../shell/table-frame.tsx'
import type { Source } from '../source/source.ts'
import { useAnswer } from '../source/use-answer.ts'
import { RecordDetailView } from './record-detail-view.tsx'

export interface RecordsViewProps {
  readonly source: Source
  readonly run: string
  readonly metadata: Metadata
  readonly ledger: LedgerAnswer
  /** The record that is looked at. */
  readonly recordId: string | undefined
  readonly onRecord: (recordId: string | undefined) => void
}

const orders: readonly (readonly [order: RecordOrder, title: string])[] = [
  ['dearest', 'Most expensive'],
  ['slowest', 'Slowest'],
  ['failed', 'Failed'],
  ['retried', 'Retried'],
]
const firstRows = 10
const moreRows = 200

/** The records one looks for, and each attempt of one of them. */
export function RecordsView({ source, run, metadata, ledger, recordId, onRecord }: RecordsViewProps) {
  const [order, setOrder] = useState<RecordOrder>('dearest')
  const [search, setSearch] = useState('')
  const [limit, setLimit] = useState(firstRows)
  const { value, error } = useAnswer(
    () => source.records(run, { order, search, limit }),
    [run, order, search, limit, ledger.readBytes],
  )
  return (
    <SectionCard
      id="records"
      title="Records"
      isWide
      note={
        value && !value.isWhole
          ? `${Math.floor((100 * ledger.readBytes) / ledger.bytes)}% of the ledger read`
          : undefined
      }
      actions={
        <>
          <input
            class="search small"
            type="search"
            placeholder="Search records"
            aria-label="Search records by id or reason"
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
          <span class="button-row">
            {orders.map(([name, title]) => (
              <button
                key={name}
                type="button"
                class="button"
                aria-pressed={name === order}
                onClick={() => setOrder(name)}
              >
                {title}
              </button>
            ))}
          </span>
        </>
      }
    >
      {error === undefined ? null : <Notice title={error} tone="bad" />}
      <RecordRows answer={value} order={order} metadata={metadata} recordId={recordId} onRecord={onRecord} />
      {value && value.rows.length < value.total ? (
        <p class="card-foot">
          {formatCount(value.rows.length)} of {formatQuantity(value.total, 'record')}
          {limit < moreRows ? (
            <button type="button" class="button quiet" onClick={() => setLimit(moreRows)}>
              Show more
            </button>
          ) : null}
        </p>
      ) : null}
      {recordId === undefined ? null : (
        <RecordDetailView
          source={source}
          run={run}
          recordId={recordId}
          cost={metadata.aggregate_statistics.cost}
          version={ledger.readBytes}
          onClose={() => onRecord(undefined)}
        />
      )}
    </SectionCard>
  )
}

function RecordRows({
  answer,
  order,
  metadata,
  recordId,
  onRecord,
}: {
  readonly answer: RecordsAnswer | null | undefined
  readonly order: RecordOrder
} & Pick<RecordsViewProps, 'metadata' | 'recordId' | 'onRecord'>) {
  if (answer === undefined) return <Loading what="records" />
  if (answer === null) return null
  if (answer.rows.length === 0) {
    const none = {
      dearest: 'No records',
      slowest: 'No records',
      failed: 'No record failed',
      retried: 'Nothing was retried',
    }
    return <p class="card-text card-end faint">{none[order]}</p>
  }
  return (
    <TableFrame label="Records">
      <table class="table">
        <thead>
          <tr>
            <th>record</th>
            <th>result</th>
            <th data-number>cost</th>
            <th data-number>time</th>
            <th data-number>requests</th>
            <th data-number>retries</th>
            <th data-number>failed attempts</th>
          </tr>
        </thead>
        <tbody>
          {answer.rows.map((row) => (
            <tr key={row.recordId} data-selected={row.recordId === recordId}>
              <td>
                <button
                  type="button"
                  class="cell-button"
                  aria-expanded={row.recordId === recordId}
                  onClick={() => onRecord(row.recordId === recordId ? undefined : row.recordId)}
                >
                  <code>{row.recordId}</code>
                </button>
              </td>
              <td>
                <RecordResult row={row} />
              </td>
              <td data-number>
                {formatDerivedCost(row.costPicodollars / picodollarsPerUsd, metadata.aggregate_statistics.cost)}
              </td>
              <td data-number>{formatSeconds(row.durationSeconds)}</td>
              <td data-number>{formatCount(row.requests)}</td>
              <td data-number>{formatCount(row.retries)}</td>
              <td data-number>
                <span data-tone={row.failedAttempts > 0 ? 'warning' : undefined}>
                  {formatCount(row.failedAttempts)}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

function RecordResult({ row: { succeeded, errorType, reason } }: { readonly row: RecordRow }) {
  if (succeeded === undefined) return <span class="faint">in progress</span>
  if (succeeded) return <span data-tone="good">succeeded</span>
  return (
    <span data-tone="bad">
      {errorType ?? 'failed'}
      {reason === undefined ? '' : `: ${reason}`}
    </span>
  )
}
