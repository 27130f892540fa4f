import { useEffect } from 'preact/hooks'
import type { RunRow } from '../../src/report/runs/run-row.ts'
import {
  formatCount,
  formatPercent,
  formatQuantity,
  formatSeconds,
  formatUsd,
} from '../../src/report/text/format-values.ts'
import { failedShareOf } from '../runs/column.tsx'
import { runsByTask } from '../runs/runs-by-task.ts'
import { shortTask } from '../runs/task-name.ts'
import { go } from '../shell/navigation.ts'
import { Answered, Notice } from '../shell/notice.tsx'
import { trendsAddress } from '../shell/route.ts'
import { SectionCard } from '../shell/section-card.tsx'
import type { Source } from '../source/source.ts'
import { useRuns } from '../source/use-runs.ts'
import { TrendChart } from './trend-chart.tsx'
import { costPerSuccess, exactly, isInTrend, isSimulated, type TrendPoint, tokensPerSuccess } from './trend-figures.ts'

function successOf(row: RunRow): number | undefined {
  const share = failedShareOf(row)
  return share === undefined ? undefined : 1 - share
}

interface Trend {
  readonly title: string
  readonly read: (row: RunRow) => TrendPoint
  readonly format: (value: number | undefined) => string
}

const trends: readonly Trend[] = [
  { title: 'Cost per record that succeeded', read: costPerSuccess, format: formatUsd },
  { title: 'p95 of calls', read: ({ p95Seconds }) => exactly(p95Seconds), format: formatSeconds },
  {
    title: 'Success',
    read: (row) => exactly(successOf(row)),
    format: formatPercent,
  },
  { title: 'Tokens per record that succeeded', read: tokensPerSuccess, format: formatCount },
]

/** How a task's figures went from run to run. */
export function TrendsPage({ source, query }: { readonly source: Source; readonly query: URLSearchParams }) {
  const answer = useRuns(source)
  useEffect(() => {
    document.title = 'Trends · sygra studio'
  }, [])
  return (
    <Answered answer={answer} what="runs">
      {({ rows }) => <TrendsView rows={rows} query={query} />}
    </Answered>
  )
}

function TrendsView({ rows, query }: { readonly rows: readonly RunRow[]; readonly query: URLSearchParams }) {
  const tasks = runsByTask(rows)
  const task = query.get('task') ?? [...tasks.keys()][0]
  const runs = tasks.get(task ?? '') ?? []
  const ended = runs.filter(isInTrend).toReversed()
  const simulated = ended.filter(isSimulated).length
  const areCalls = ended.length > 0 && ended.every(({ records }) => records === 0)
  return (
    <div class="page">
      <div class="page-head">
        <h1>Trends</h1>
        <select
          class="task-select"
          aria-label="Task"
          value={task}
          onChange={(event) => go(trendsAddress(event.currentTarget.value))}
        >
          {[...tasks.keys()].map((name) => (
            <option key={name} value={name}>
              {shortTask(name)}
            </option>
          ))}
        </select>
        <span class="faint">
          {formatQuantity(ended.length, 'complete run')}
          {simulated === 0 ? '' : `, ${formatCount(simulated)} of them simulated`}
        </span>
      </div>
      {ended.length === 0 ? (
        <Notice title={tasks.size === 0 ? 'No runs here yet' : `No complete run of ${task}`}>
          <p>A trend needs runs that went to their end:</p>
          <pre>npx sygra run --task {task ?? 'examples.code_assistant'} --num_records 10 --simulate</pre>
        </Notice>
      ) : (
        <div class="cards">
          {trends.map(({ title, read, format }) => {
            const points = ended.map(read)
            const latest = points.at(-1)
            if (points.every((point) => point.value === undefined)) return null
            const name = areCalls ? title.replace('record', 'call') : title
            const note = `latest ${latest?.isLowerBound ? '≥ ' : ''}${format(latest?.value)}`
            return (
              <SectionCard key={title} title={name} note={note}>
                <TrendChart title={name} runs={ended} points={points} format={format} isShare={title === 'Success'} />
              </SectionCard>
            )
          })}
        </div>
      )}
    </div>
  )
}
