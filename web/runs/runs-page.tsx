import { useEffect } from 'preact/hooks'
import { formatCount, formatQuantity } from '../../src/report/text/format-values.ts'
import type { RunsAnswer } from '../../src/studio/api.ts'
import { go, replace } from '../shell/navigation.ts'
import { Answered, Loading, Notice } from '../shell/notice.tsx'
import { changedAddress, compareAddress, runAddress } from '../shell/route.ts'
import type { Source } from '../source/source.ts'
import { useRuns } from '../source/use-runs.ts'
import { type RunsQuery, readRunsQuery, selectRuns, writeRunsQuery } from './runs-query.ts'
import { RunsTable } from './runs-table.tsx'
import { RunsToolbar } from './runs-toolbar.tsx'
import { TaskCards } from './task-cards.tsx'
import { useColumns } from './use-columns.ts'
import { useRowKeys } from './use-row-keys.ts'
import { useSelection } from './use-selection.ts'

/** The list of runs; those that are running move by themselves. */
export function RunsPage({ source, query }: { readonly source: Source; readonly query: URLSearchParams }) {
  const answer = useRuns(source)
  useEffect(() => {
    document.title = 'Runs · sygra studio'
  }, [])
  return (
    <Answered answer={answer} what="runs">
      {(value) =>
        value.rows.length > 0 || value.refused.length > 0 ? (
          <div class="page">
            <RunsView answer={value} address={query} />
          </div>
        ) : value.isWhole ? (
          <NoRuns directory={value.directory} />
        ) : (
          <Loading what="runs" />
        )
      }
    </Answered>
  )
}

function RunsView({
  answer: { rows, refused, directory, isWhole },
  address,
}: {
  readonly answer: RunsAnswer
  readonly address: URLSearchParams
}) {
  const query = readRunsQuery(address)
  const [selected, setSelected] = useSelection()
  const [columns, toggleColumn] = useColumns()
  const found = selectRuns(rows, query, Date.now())
  const shown = found.slice(0, query.shown)
  const select = (path: string) =>
    setSelected(selected.includes(path) ? selected.filter((other) => other !== path) : [...selected, path])
  const ask = (next: RunsQuery) => replace(changedAddress({ view: 'runs', query: address }, writeRunsQuery(next)))
  const current = useRowKeys({
    count: shown.length,
    onOpen: (index) => go(runAddress(shown[index]?.path ?? '')),
    onSelect: (index) => select(shown[index]?.path ?? ''),
    onCompare: () => (selected.length > 1 ? go(compareAddress(selected)) : undefined),
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
          <a class="button" href="#/">
            Show all runs
          </a>
        </Notice>
      ) : (
        <RunsTable
          rows={shown}
          all={found}
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
        {isWhole ? null : <span role="status">, more are being read</span>}
        {found.length > shown.length ? (
          <button type="button" class="button" onClick={() => ask({ ...query, shown: query.shown + 1000 })}>
            Show {formatCount(Math.min(1000, found.length - shown.length))} more
          </button>
        ) : null}
      </p>
      <Refused refused={refused} />
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
