import { useEffect, useState } from 'preact/hooks'
import { formatCount, formatQuantity } from '../../src/report/text/format-values.ts'
import type { RunsAnswer } from '../../src/studio/api.ts'
import { Loading, Notice } from '../shell/notice.tsx'
import { compareAddress, replaceQuery, runAddress } from '../shell/route.ts'
import type { Source } from '../source/source.ts'
import { useAnswer } from '../source/use-answer.ts'
import { KeysHelp } from './keys-help.tsx'
import { type RunsQuery, readRunsQuery, selectRuns, writeRunsQuery } from './runs-query.ts'
import { RunsTable } from './runs-table.tsx'
import { RunsToolbar } from './runs-toolbar.tsx'
import { TaskCards } from './task-cards.tsx'
import { useColumns } from './use-columns.ts'
import { useRowKeys } from './use-row-keys.ts'

/** Rows that are drawn at once; more on demand. */
const pageRows = 200

/** The list of runs; those that are running move by themselves. */
export function RunsPage({ source, query }: { readonly source: Source; readonly query: URLSearchParams }) {
  const { value, error } = useAnswer(source.runs, [], (onChange) => source.watch(undefined, onChange))
  useEffect(() => {
    document.title = 'Runs · sygra studio'
  }, [])
  if (value === undefined) {
    return error === undefined ? <Loading what="runs" /> : <Notice title={error} tone="bad" />
  }
  if (value.rows.length === 0 && value.refused.length === 0) return <NoRuns directory={value.directory} />
  return (
    <div class="page">
      {error === undefined ? null : <Notice title={error} tone="bad" />}
      <RunsView answer={value} initial={readRunsQuery(query)} />
    </div>
  )
}

function RunsView({
  answer: { rows, refused, directory },
  initial,
}: {
  readonly answer: RunsAnswer
  readonly initial: RunsQuery
}) {
  const [query, setQuery] = useState(initial)
  const [selected, setSelected] = useState<readonly string[]>([])
  const [columns, toggleColumn] = useColumns()
  const [limit, setLimit] = useState(pageRows)
  const [isHelpOpen, setHelpOpen] = useState(false)
  const found = selectRuns(rows, query)
  const shown = found.slice(0, limit)
  const select = (path: string) =>
    setSelected(selected.includes(path) ? selected.filter((other) => other !== path) : [...selected, path])
  const ask = (next: RunsQuery) => {
    setQuery(next)
    replaceQuery('', writeRunsQuery(next))
  }
  const open = (address: string) => {
    location.hash = address
  }
  const current = useRowKeys({
    count: shown.length,
    onOpen: (index) => open(runAddress(shown[index]?.path ?? '')),
    onSelect: (index) => select(shown[index]?.path ?? ''),
    onCompare: () => (selected.length > 1 ? open(compareAddress(selected)) : undefined),
    onHelp: () => setHelpOpen(true),
  })
  return (
    <>
      <div class="page-head">
        <h1>Runs</h1>
        <span class="faint path">{directory}</span>
      </div>
      <TaskCards rows={rows} />
      <RunsToolbar
        rows={rows}
        query={query}
        onQuery={ask}
        columns={columns}
        onColumn={toggleColumn}
        selected={selected}
        onClear={() => setSelected([])}
      />
      <p class="visually-hidden" role="status">
        {formatQuantity(found.length, 'run')} shown
      </p>
      {found.length === 0 ? (
        <Notice title="No run is like that">
          <button type="button" class="button" onClick={() => ask({ ...query, search: '', task: '', status: '' })}>
            Show all runs
          </button>
        </Notice>
      ) : (
        <RunsTable
          rows={shown}
          columns={columns}
          query={query}
          onSort={(sort) => ask({ ...query, sort, isReversed: query.sort === sort && !query.isReversed })}
          selected={selected}
          onSelect={select}
          current={current}
        />
      )}
      <p class="table-foot">
        {formatQuantity(found.length, 'run')}
        {found.length > shown.length ? (
          <button type="button" class="button" onClick={() => setLimit(limit + 1000)}>
            Show {formatCount(Math.min(1000, found.length - shown.length))} more
          </button>
        ) : null}
        <button type="button" class="button quiet" onClick={() => setHelpOpen(true)}>
          Keyboard <kbd>?</kbd>
        </button>
      </p>
      <Refused refused={refused} />
      {isHelpOpen ? <KeysHelp onClose={() => setHelpOpen(false)} /> : null}
    </>
  )
}

function Refused({ refused }: Pick<RunsAnswer, 'refused'>) {
  if (refused.length === 0) return null
  return (
    <details class="refused">
      <summary>{formatQuantity(refused.length, 'file')} left out</summary>
      <ul>
        {refused.slice(0, 100).map(({ key, reason }) => (
          <li key={key}>
            <code class="path">{key}</code> {reason}
          </li>
        ))}
      </ul>
    </details>
  )
}

function NoRuns({ directory }: { readonly directory: string }) {
  return (
    <div class="page">
      <h1>Runs</h1>
      <Notice title="No runs here yet">
        <p>
          The studio looks in <code class="path">{directory}</code>. A run that you start there appears by itself:
        </p>
        <pre>npx sygra run --task examples.code_assistant --num_records 10 --simulate</pre>
        <p>
          Runs that lie elsewhere: <code>npx sygra studio DIRECTORY</code>
        </p>
      </Notice>
    </div>
  )
}
