import { verdictTones } from '../../src/report/compare/comparison-sections.ts'
import { formatShortDateTime } from '../../src/report/text/format-values.ts'
import type { RunAnswer } from '../../src/studio/api.ts'
import { TableFrame } from '../shell/table-frame.tsx'
import type { CompareCell, CompareGroup } from './compare-rows.ts'

/** All figures of all runs in one table: a column a run, the base pinned at the left. */
export function CompareMatrix({
  groups,
  runs,
  isDiffOnly,
}: {
  readonly groups: readonly CompareGroup[]
  readonly runs: readonly RunAnswer[]
  readonly isDiffOnly: boolean
}) {
  const [base, ...heads] = runs
  const shown = groups
    .map(({ title, rows }) => ({
      title,
      rows: isDiffOnly ? rows.filter(({ cells }) => cells.some(({ differs }) => differs)) : rows,
    }))
    .filter(({ rows }) => rows.length > 0)
  return (
    <TableFrame label="Comparison">
      <table class="table compare-matrix">
        <thead>
          <tr>
            <th class="pinned">figure</th>
            <th data-number>
              <RunTitle number={1} run={base} />
            </th>
            {heads.map((head, index) => (
              <th key={head.row.path} data-number>
                <RunTitle number={index + 2} run={head} />
              </th>
            ))}
          </tr>
        </thead>
        {shown.map(({ title, rows }) => (
          <tbody key={title}>
            <tr class="group-row">
              <th colSpan={runs.length + 1} scope="rowgroup">
                {title}
              </th>
            </tr>
            {rows.map((row) => (
              <tr key={row.title}>
                <th scope="row" class="pinned" data-part={row.isPart}>
                  {row.title}
                </th>
                <td data-number>{row.base}</td>
                {row.cells.map((cell, index) => (
                  <td key={runs[index + 1]?.row.path} data-number>
                    <CellView cell={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </TableFrame>
  )
}

function RunTitle({ number, run }: { readonly number: number; readonly run: RunAnswer | undefined }) {
  return (
    <span class="run-title" data-run={number}>
      <span class="swatch" aria-hidden="true" /> {number}{' '}
      <span class="faint">{formatShortDateTime(run?.row.startedAt)}</span>
    </span>
  )
}

function CellView({ cell: { text, change, verdict = 'none', reason, interval } }: { readonly cell: CompareCell }) {
  return (
    <span class="compare-cell" title={reason}>
      <span>{text}</span>
      <span class="compare-change" data-tone={verdictTones[verdict]}>
        {change === undefined ? '' : change}
        {verdict === 'none' || verdict === 'same' ? '' : ` ${verdict}`}
        <span class="visually-hidden">{reason === undefined ? '' : `: ${reason}`}</span>
      </span>
      {interval === undefined ? null : <Interval interval={interval} />}
    </span>
  )
}

/** Where the true difference lies with 95 %: left of the middle is less than the base, right of it more. */
function Interval({ interval: { from, to } }: { readonly interval: NonNullable<CompareCell['interval']> }) {
  const most = Math.max(0.1, Math.abs(from), Math.abs(to))
  const at = (share: number) => 30 + (28 * share) / most
  const said = `95% interval: ${signed(from)} to ${signed(to)}`
  return (
    <svg class="interval" viewBox="0 0 60 10" width="60" height="10" role="img" aria-label={said}>
      <title>{said}</title>
      <line class="interval-zero" x1="30" x2="30" y1="0" y2="10" />
      <line class="interval-span" x1={at(from)} x2={Math.max(at(from) + 1, at(to))} y1="5" y2="5" />
    </svg>
  )
}

function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(Math.abs(share) < 0.1 ? 1 : 0)}%`
}
