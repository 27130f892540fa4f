import { formatQuantity, formatSeconds } from '../../src/report/text/format-values.ts'
import type { RecordDetail, RecordTexts } from '../../src/studio/ledger/record-detail.ts'
import { Amount } from '../shell/amount.tsx'
import { RecordResult } from './records-view.tsx'
import { Waterfall } from './waterfall.tsx'

/** How a record ended and why, what it took, and its calls with their attempts. */
export function RecordFacts({ detail }: { readonly detail: RecordDetail }) {
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
export function RecordTextsView({
  texts,
  outputPath,
}: {
  readonly texts: RecordTexts | undefined
  readonly outputPath: string | null | undefined
}) {
  if (texts === undefined) {
    return (
      <p class="drawer-note faint">
        Prompts and answers are never kept. <code>sygra studio --with-outputs</code> joins the record with its row in
        the output{outputPath ? ` (${outputPath})` : ''}.
      </p>
    )
  }
  const { source, output, prompts } = texts
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
