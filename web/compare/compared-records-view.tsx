import { formatSeconds, formatShortDateTime } from '../../src/report/text/format-values.ts'
import type { CompareAnswer, RunAnswer } from '../../src/studio/api.ts'
import { RecordResult } from '../run/records-view.tsx'
import { Amount } from '../shell/amount.tsx'
import { runAddress } from '../shell/route.ts'
import { SectionCard } from '../shell/section-card.tsx'
import { TableFrame } from '../shell/table-frame.tsx'

/** The records that differ most between two runs over the same data, side by side. */
export function ComparedRecords({
  comparison: { records = [] },
  base,
  head,
  addressOf,
}: {
  readonly comparison: CompareAnswer
  readonly base: RunAnswer
  readonly head: RunAnswer | undefined
  /** Where a record is shown as it was in each run. */
  readonly addressOf: (recordId: string) => string
}) {
  if (records.length === 0 || head === undefined) return null
  const sides = [
    { run: base.row.path, side: 'base' },
    { run: head.row.path, side: 'head' },
  ] as const
  return (
    <SectionCard title="Records that changed most" note={formatShortDateTime(head.row.startedAt)} isWide>
      <TableFrame label="Records that changed most">
        <table class="table">
          <thead>
            <tr>
              <th>record</th>
              <th>base</th>
              <th data-number>cost</th>
              <th data-number>time</th>
              <th>now</th>
              <th data-number>cost</th>
              <th data-number>time</th>
            </tr>
          </thead>
          <tbody>
            {records.map((record) => (
              <tr key={record.recordId}>
                <th scope="row">
                  <a href={addressOf(record.recordId)}>
                    <code>{record.recordId}</code>
                  </a>
                </th>
                {sides.flatMap(({ run, side }) => {
                  const row = record[side]
                  return [
                    <td key={`${side} result`} class="reason-cell">
                      <a class="plain-link" href={runAddress(run, { record: record.recordId })}>
                        <RecordResult row={row} />
                      </a>
                    </td>,
                    <td key={`${side} cost`} data-number>
                      <Amount cost={row.cost} />
                    </td>,
                    <td key={`${side} time`} data-number>
                      {formatSeconds(row.durationSeconds)}
                    </td>,
                  ]
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </SectionCard>
  )
}
