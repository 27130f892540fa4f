import { useEffect } from 'preact/hooks'
import { formatQuantity, formatSeconds } from '../../src/report/text/format-values.ts'
import type { RecordsAnswer } from '../../src/studio/api.ts'
import type { RecordDetail } from '../../src/studio/record-detail.ts'
import { Amount } from '../shell/amount.tsx'
import { Loading, Notice } from '../shell/notice.tsx'
import { usePageKeys } from '../shell/use-page-keys.ts'
import { useAnswer } from '../source/use-answer.ts'
import { RecordResult } from './records-view.tsx'
import type { RunContext } from './run-page.tsx'
import { Waterfall } from './waterfall.tsx'

/** One record beside the list: how it ended and why, its calls with their attempts. j and k go through the list. */
export function RecordDrawer({
  context,
  recordId,
  list,
}: {
  readonly context: RunContext
  readonly recordId: string
  /** The list that it is beside. */
  readonly list: RecordsAnswer | null | undefined
}) {
  const { source, run, answer, onRecord } = context
  const { value, error } = useAnswer(() => source.record(run, recordId), [run, recordId, answer.ledger?.readBytes])
  const neighbours = neighboursOf(list, recordId)
  usePageKeys(({ key }) => {
    const to = key === 'j' ? neighbours.next : key === 'k' ? neighbours.previous : undefined
    if (to !== undefined) onRecord(to)
  })
  useEffect(() => {
    document.getElementById(`record-${recordId}`)?.scrollIntoView({ block: 'nearest' })
  }, [recordId])
  return (
    <aside class="drawer" aria-label={`Record ${recordId}`} aria-busy={value?.record.recordId !== recordId}>
      <div class="drawer-head">
        <h2>
          Record <code>{recordId}</code>
        </h2>
        <span class="button-row">
          <NeighbourButton label="Previous record" text="k ↑" recordId={neighbours.previous} onRecord={onRecord} />
          <NeighbourButton label="Next record" text="j ↓" recordId={neighbours.next} onRecord={onRecord} />
        </span>
        <button type="button" class="button" onClick={() => onRecord(undefined)}>
          Close
        </button>
      </div>
      <div class="drawer-body">
        {error === undefined ? null : <Notice title={error} tone="bad" />}
        {value === undefined && error === undefined ? <Loading what="its calls" /> : null}
        {value === null ? <p class="card-text faint">The calls of this record are not in the ledger.</p> : null}
        {value ? <Detail detail={value} /> : null}
        {value && source.onlyRun === undefined ? <Texts detail={value} context={context} /> : null}
      </div>
    </aside>
  )
}

function Detail({ detail }: { readonly detail: RecordDetail }) {
  const { record, calls, failure } = detail
  return (
    <>
      <dl class="drawer-facts">
        <div>
          <dt>result</dt>
          <dd>
            <RecordResult row={failure === undefined ? record : { ...record, reason: failure }} />
          </dd>
        </div>
        {record.failedNode === undefined ? null : (
          <div>
            <dt>failed in</dt>
            <dd>{record.failedNode}</dd>
          </div>
        )}
        <div>
          <dt>cost</dt>
          <dd>
            <Amount cost={record.cost} withKind />
          </dd>
        </div>
        <div>
          <dt>took</dt>
          <dd>
            {formatSeconds(record.durationSeconds)}, {formatQuantity(calls.length, 'call')},{' '}
            {formatQuantity(record.requests, 'request')}
          </dd>
        </div>
      </dl>
      <Waterfall calls={calls} />
    </>
  )
}

/** Prompts and answers are not in any of the files that the studio reads by itself. */
function Texts({ detail, context: { answer } }: { readonly detail: RecordDetail; readonly context: RunContext }) {
  if (detail.texts === undefined) {
    return (
      <p class="drawer-note faint">
        Prompts and answers are never kept. <code>sygra studio --with-outputs</code> joins the record with its row in
        the output{answer.metadata.execution.output_path ? ` (${answer.metadata.execution.output_path})` : ''}.
      </p>
    )
  }
  const { source, output, prompts } = detail.texts
  return (
    <section class="drawer-texts" aria-label="Its data">
      <p class="drawer-note">Shown because the studio was started with --with-outputs.</p>
      {source === undefined ? null : <RowTable title="Source row" row={source} />}
      {prompts.map(({ node, role, text }, index) => (
        <div key={`${node} ${role} ${index}`}>
          <h3>
            Prompt of {node}, {role}
          </h3>
          <pre>{text}</pre>
        </div>
      ))}
      {prompts.length === 0 ? null : (
        <p class="drawer-note faint">
          Made of the task as it is now and the row: prompts themselves are never kept, and what a node put into the
          state is left as its name.
        </p>
      )}
      {output === undefined ? (
        <p class="drawer-note faint">There is no row of it in the output.</p>
      ) : (
        <RowTable title="Output row" row={output} />
      )}
    </section>
  )
}

function RowTable({ title, row }: { readonly title: string; readonly row: Readonly<Record<string, string>> }) {
  return (
    <div>
      <h3>{title}</h3>
      <dl class="row-values">
        {Object.entries(row).map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <pre>{text}</pre>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

interface Neighbours {
  readonly previous: string | undefined
  readonly next: string | undefined
}

/** The records before and after one, in the order of the list. */
function neighboursOf(list: RecordsAnswer | null | undefined, recordId: string): Neighbours {
  const ids = list?.rows.map((row) => row.recordId) ?? []
  const index = ids.indexOf(recordId)
  return { previous: index > 0 ? ids[index - 1] : undefined, next: index < 0 ? ids[0] : ids[index + 1] }
}

function NeighbourButton({
  label,
  text,
  recordId,
  onRecord,
}: {
  readonly label: string
  readonly text: string
  readonly recordId: string | undefined
  readonly onRecord: (recordId: string | undefined) => void
}) {
  return (
    <button
      type="button"
      class="button"
      aria-label={`${text} ${label}`}
      title={label}
      disabled={recordId === undefined}
      onClick={() => onRecord(recordId)}
    >
      {text}
    </button>
  )
}
