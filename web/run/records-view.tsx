import { errorName } from '../../src/report/run/error-meaning.ts'
import type { RecordKind, RecordSort } from '../../src/report/run/record-order.ts'
import { formatCount, formatQuantity, formatSeconds } from '../../src/report/text/format-values.ts'
import type { LedgerAnswer, RecordsAnswer } from '../../src/studio/api.ts'
import type { RecordRow } from '../../src/studio/ledger/record-list.ts'
import { Amount } from '../shell/amount.tsx'
import { Loading, Notice } from '../shell/notice.tsx'
import { SectionCard } from '../shell/section-card.tsx'
import { TableFrame } from '../shell/table-frame.tsx'
import { type Answer, useAnswer } from '../source/use-answer.ts'
import { OutcomeMark, outcomeOfError } from './errors-view.tsx'
import { stateOfRecords } from './ledger-state.ts'
import { toggled } from './lens.ts'
import type { RunContext } from './run-page.tsx'

const kinds: readonly (readonly [kind: RecordKind, title: string])[] = [
  ['all', 'All'],
  ['failed', 'Failed'],
  ['retried', 'Retried'],
  ['truncated', 'Cut off'],
]

const columns: readonly (readonly [sort: RecordSort, title: string, explanation?: string])[] = [
  ['cost', 'cost'],
  ['time', 'time'],
  ['requests', 'requests'],
  ['retries', 'retries'],
  ['attempts', 'failed attempts', 'Requests that failed, repeated ones too'],
]

const firstRows = 10
const moreRows = 200

interface RecordsQuery {
  readonly kind: RecordKind
  readonly sort: RecordSort
  readonly isReversed: boolean
  readonly search: string
  readonly limit: number
}

/** What of the records the address asks for. */
function readRecordsQuery(query: URLSearchParams): RecordsQuery {
  const [kind, sort, rows] = [query.get('kind'), query.get('sort'), Number(query.get('rows'))]
  return {
    kind: kinds.find(([name]) => name === kind)?.[0] ?? 'all',
    sort: columns.find(([name]) => name === sort)?.[0] ?? 'cost',
    isReversed: query.get('reverse') === 'true',
    search: query.get('search') ?? '',
    limit: rows > 0 && Number.isInteger(rows) ? rows : firstRows,
  }
}

/** The records that the address asks for; null where the run kept no ledger. */
export function useRecords({
  source,
  run,
  lens,
  query: address,
  answer: { ledger },
}: RunContext): Answer<RecordsAnswer | null> {
  const query = readRecordsQuery(address)
  const { kind, sort, isReversed, search, limit } = query
  return useAnswer(
    async () => (ledger === undefined ? null : source.records(run, { ...query, filter: lens })),
    [run, kind, sort, isReversed, search, limit, ...Object.values(lens), stateOfRecords(ledger)],
  )
}

/** The records of the part of the run that is looked at; one of them opens beside the list. */
export function RecordsView({
  context,
  ledger,
  recordId,
  records: { value, error },
}: {
  readonly context: RunContext
  readonly ledger: LedgerAnswer
  readonly recordId: string | undefined
  readonly records: Answer<RecordsAnswer | null>
}) {
  const { source, query: address, onQuery } = context
  const query = readRecordsQuery(address)
  const { kind, search, limit } = query
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
            id="record-search"
            class="search small"
            type="search"
            placeholder="Search records  ( / )"
            aria-label="Search records by id, error or reason"
            value={search}
            onInput={(event) => onQuery({ search: event.currentTarget.value })}
          />
          <span class="button-row">
            {kinds.map(([name, title]) => (
              <button
                key={name}
                type="button"
                class="button"
                aria-pressed={name === kind}
                onClick={() => onQuery({ kind: name === 'all' ? undefined : name })}
              >
                {title}
              </button>
            ))}
          </span>
        </>
      }
    >
      {error === undefined ? null : <Notice title={error} tone="bad" />}
      <RecordRows answer={value} query={query} context={context} recordId={recordId} />
      {value && value.rows.length < value.total ? (
        <p class="card-foot">
          {formatCount(value.rows.length)} of {formatQuantity(value.total, 'record')}
          {value.rows.length < value.most ? (
            <button
              type="button"
              class="button quiet"
              onClick={() => onQuery({ rows: String(limit < moreRows ? moreRows : limit * 5) })}
            >
              Show more
            </button>
          ) : (
            <span class="faint">
              {source.extent === undefined
                ? 'search or filter for others'
                : `the report holds the first ${formatCount(source.extent.listed)} of each kind`}
            </span>
          )}
        </p>
      ) : null}
    </SectionCard>
  )
}

function RecordRows({
  answer,
  query: { kind, sort, isReversed },
  context,
  recordId,
}: {
  readonly answer: RecordsAnswer | null | undefined
  readonly query: RecordsQuery
  readonly context: RunContext
  readonly recordId: string | undefined
}) {
  const { lens, onLens, onQuery, onRecord } = context
  if (answer === undefined) return <Loading what="records" />
  if (answer === null) return <p class="card-text card-end faint">Which records are in this part is not known here.</p>
  if (answer.rows.length === 0) {
    const none = {
      all: 'No records here',
      failed: 'No record failed here',
      retried: 'Nothing was retried here',
      truncated: 'No answer was cut off here',
    }
    return <p class="card-text card-end faint">{none[kind]}</p>
  }
  return (
    <TableFrame label="Records">
      <table class="table records-table">
        <thead>
          <tr>
            <th>record</th>
            <th>result</th>
            <th>failed in</th>
            {columns.map(([name, title, explanation]) => (
              <th
                key={name}
                data-number
                aria-sort={name === sort ? (isReversed ? 'ascending' : 'descending') : undefined}
              >
                <button
                  type="button"
                  class="sort-button"
                  title={explanation}
                  onClick={() =>
                    onQuery({
                      sort: name === 'cost' ? undefined : name,
                      reverse: name === sort && !isReversed ? 'true' : undefined,
                    })
                  }
                >
                  {title}
                  <span aria-hidden="true">{name === sort ? (isReversed ? ' ↑' : ' ↓') : ''}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.rows.map((row) => (
            <tr key={row.recordId} data-selected={row.recordId === recordId}>
              <th scope="row">
                <button
                  type="button"
                  class="cell-button"
                  id={`record-${row.recordId}`}
                  aria-expanded={row.recordId === recordId}
                  onClick={() => onRecord(row.recordId === recordId ? undefined : row.recordId)}
                >
                  <code>{row.recordId}</code>
                </button>
              </th>
              <td class="reason-cell">
                <RecordResult row={row} />
              </td>
              <td>
                {row.failedNode === undefined ? null : (
                  <button
                    type="button"
                    class="cell-button"
                    onClick={() => onLens(toggled(lens, { node: row.failedNode ?? '' }))}
                  >
                    {row.failedNode}
                  </button>
                )}
              </td>
              <td data-number>
                <Amount cost={row.cost} />
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

/** How a record ended, in a word, and why. */
export function RecordResult({ row: { succeeded, errorType, reason, truncated } }: { readonly row: RecordRow }) {
  if (succeeded === undefined) return <span class="faint">in progress</span>
  if (succeeded) {
    return (
      <span>
        <OutcomeMark outcome="answered" /> succeeded
        {truncated > 0 ? <span data-tone="warning">, {formatQuantity(truncated, 'answer')} cut off</span> : null}
      </span>
    )
  }
  return (
    <span data-tone="bad">
      <OutcomeMark outcome={outcomeOfError(errorType ?? 'failed')} /> {errorName(errorType ?? 'failed')}
      {reason === undefined ? '' : `: ${reason}`}
    </span>
  )
}
