import type { RunRow } from '../../src/report/runs/run-row.ts'
import { compareAddress } from '../shell/route.ts'
import { type RunColumn, runColumns } from './column.tsx'
import type { RunsQuery } from './runs-query.ts'

export interface RunsToolbarProps {
  readonly rows: readonly RunRow[]
  readonly query: RunsQuery
  readonly onQuery: (query: RunsQuery) => void
  readonly columns: readonly RunColumn[]
  readonly onColumn: (key: string) => void
  readonly selected: readonly string[]
  readonly onClear: () => void
}

/** Search, filters, columns, and what to do with the selected runs. */
export function RunsToolbar(props: RunsToolbarProps) {
  const { rows, query, onQuery, columns, onColumn, selected, onClear } = props
  const tasks = [...new Set(rows.map(({ task }) => task))].sort()
  const statuses = [...new Set(rows.map(({ status }) => status))].sort()
  return (
    <div class="toolbar">
      <input
        id="search"
        class="search"
        type="search"
        placeholder="Search runs  ( / )"
        aria-label="Search runs by task, id, file or commit"
        value={query.search}
        onInput={(event) => onQuery({ ...query, search: event.currentTarget.value })}
      />
      <Choice label="Task" value={query.task} options={tasks} onChange={(task) => onQuery({ ...query, task })} />
      <Choice
        label="Status"
        value={query.status}
        options={statuses}
        onChange={(status) => onQuery({ ...query, status })}
      />
      <details class="menu">
        <summary>Columns</summary>
        <fieldset class="menu-body" aria-label="Columns">
          {runColumns
            .filter(({ key }) => key !== 'task')
            .map(({ key, title }) => (
              <label key={key}>
                <input
                  type="checkbox"
                  checked={columns.some((column) => column.key === key)}
                  onChange={() => onColumn(key)}
                />
                {title}
              </label>
            ))}
        </fieldset>
      </details>
      <span class="toolbar-end">
        {selected.length === 0 ? (
          <span class="hint">Select two or more runs to compare them</span>
        ) : (
          <>
            <button type="button" class="button" onClick={onClear}>
              Clear {selected.length} selected
            </button>
            {selected.length > 1 ? (
              <a class="button" data-primary href={compareAddress(selected)}>
                Compare {selected.length} runs
              </a>
            ) : null}
          </>
        )}
      </span>
    </div>
  )
}

function Choice({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly options: readonly string[]
  readonly onChange: (value: string) => void
}) {
  return (
    <select aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">{label}: all</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {option}
        </option>
      ))}
    </select>
  )
}
