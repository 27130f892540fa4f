import type { RunRow } from '../../src/report/runs/run-row.ts'
import { compareAddress } from '../shell/route.ts'
import { type RunColumn, runColumns } from './column.tsx'
import type { RunsQuery } from './runs-query.ts'
import { shortTask } from './task-name.ts'

export interface RunsToolbarProps {
  readonly rows: readonly RunRow[]
  readonly query: RunsQuery
  readonly onQuery: (query: RunsQuery) => void
  readonly columns: readonly RunColumn[]
  /** Left out where there is no table of runs. */
  readonly onColumn?: (key: string) => void
  readonly selected: readonly string[]
  readonly onClear?: () => void
}

const spans: readonly (readonly [days: number, text: string])[] = [
  [0, 'Since: ever'],
  [1, 'Last 24 hours'],
  [7, 'Last 7 days'],
  [30, 'Last 30 days'],
]

/** Search, filters, columns, and what to do with the selected runs. */
export function RunsToolbar(props: RunsToolbarProps) {
  const { rows, query, onQuery, columns, onColumn, selected, onClear } = props
  const tasks = [...new Set(rows.map(({ task }) => task))].sort()
  const models = [...new Set(rows.flatMap(({ models: used = [] }) => used.map(({ model }) => model)))].sort()
  const statuses = [...new Set(rows.map(({ status }) => status))].sort()
  return (
    <div class="toolbar">
      <input
        id="search"
        class="search"
        type="search"
        placeholder="Search runs  ( / )"
        aria-label="Search runs by task, id, file, commit or model"
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
      <Choice label="Model" value={query.model} options={models} onChange={(model) => onQuery({ ...query, model })} />
      <select
        aria-label="Since"
        value={String(query.days)}
        onChange={(event) => onQuery({ ...query, days: Number(event.currentTarget.value) })}
      >
        {spans.map(([days, text]) => (
          <option key={days} value={String(days)}>
            {text}
          </option>
        ))}
      </select>
      <label class="min-cost">
        <span>Cost at least $</span>
        <input
          class="search"
          type="number"
          min="0"
          step="any"
          value={query.minUsd === 0 ? '' : String(query.minUsd)}
          onInput={(event) => onQuery({ ...query, minUsd: Math.max(0, Number(event.currentTarget.value) || 0) })}
        />
      </label>
      {onColumn === undefined ? null : (
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
      )}
      {onClear === undefined ? null : (
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
      )}
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
          {shortTask(option)}
        </option>
      ))}
    </select>
  )
}
