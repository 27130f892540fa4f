import { formatCount, formatSeconds } from '../../src/report/text/format-values.ts'
import type { HistogramRow } from '../../src/report/text/section.ts'
import { type Cell, type Section, type TableSection, textOf } from '../../src/report/text/section.ts'
import { TableFrame } from './table-frame.tsx'

/** A section of a report, as the terminal shows it too. */
export function SectionView({ section }: { readonly section: Section }) {
  switch (section.type) {
    case 'pairs':
      return (
        <dl class="pairs">
          {section.pairs.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <CellView cell={value} />
              </dd>
            </div>
          ))}
        </dl>
      )
    case 'table':
      return <TableView table={section} />
    case 'histogram':
      return <HistogramView rows={section.rows} />
    default:
      return section satisfies never
  }
}

function TableView({ table: { title, notes = [], columns, rows } }: { readonly table: TableSection }) {
  return (
    <>
      {notes.map((note) => (
        <p key={note} class="card-text faint">
          {note}
        </p>
      ))}
      <TableFrame label={title}>
        <table class="table">
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.title} data-number={column.align === 'right'}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((cells) => (
              <tr key={cells.map(textOf).join('\n')}>
                {cells.map((cell, index) => (
                  <td key={columns[index]?.title} data-number={columns[index]?.align === 'right'}>
                    <CellView cell={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </>
  )
}

function CellView({ cell }: { readonly cell: Cell }) {
  return (
    <span data-tone={typeof cell === 'string' ? undefined : cell.tone}>
      {textOf(cell)
        .split('`')
        .map((part, index) => (index % 2 === 0 ? part : <code key={String(index)}>{part}</code>))}
    </span>
  )
}

function HistogramView({ rows }: { readonly rows: readonly HistogramRow[] }) {
  const largest = Math.max(1, ...rows.map(({ count }) => count))
  return (
    <table class="table bars">
      <tbody>
        {rows.map(({ fromSeconds, toSeconds, count }) => (
          <tr key={fromSeconds}>
            <th scope="row">
              {formatSeconds(fromSeconds)} – {formatSeconds(toSeconds)}
            </th>
            <td data-number>{formatCount(count)}</td>
            <td class="bar-cell">
              <meter min={0} max={largest} value={count} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
