import { useEffect } from 'preact/hooks'
import type { RunRow } from '../../src/report/runs/run-row.ts'
import {
  formatCount,
  formatPercent,
  formatQuantity,
  formatSeconds,
  formatUsd,
} from '../../src/report/text/format-values.ts'
import { runsByTask } from '../runs/runs-by-task.ts'
import { Loading, Notice } from '../shell/notice.tsx'
import { trendsAddress } from '../shell/route.ts'
import { SectionCard } from '../shell/section-card.tsx'
import type { Source } from '../source/source.ts'
import { useAnswer } from '../source/use-answer.ts'
import { TrendChart } from './trend-chart.tsx'
import { costPerRecordOf, tokensPerRecordOf } from './trend-figures.ts'

interface Trend {
  readonly title: string
  readonly read: (row: RunRow) => number | undefined
  readonly format: (value: number | undefined) => string
}

const trends: readonly Trend[] = [
  { title: 'Cost per record', read: costPerRecordOf, format: formatUsd },
  { title: 'p95 of calls', read: ({ p95Seconds }) => p95Seconds, format: formatSeconds },
  {
    title: 'Success',
    read: ({ records, successRate }) => (records === 0 ? undefined : successRate),
    format: formatPercent,
  },
  { title: 'Tokens per record', read: tokensPerRecordOf, format: formatCount },
]

/** How a task's figures went from run to run. */
export function TrendsPage({ source, query }: { readonly source: Source; readonly query: URLSearchParams }) {
  const { value, error } = useAnswer(source.runs, [], (onChange) => source.watch(undefined, onChange))
  useEffect(() => {
    document.title = 'Trends · sygra studio'
  }, [])
  if (value === undefined) {
    return error === undefined ? <Loading what="runs" /> : <Notice title={error} tone="bad" />
  }
  const tasks = runsByTask(value.rows)
  const task = query.get('task') ?? [...tasks.keys()][0]
  const runs = tasks.get(task ?? '') ?? []
  // A run that has not ended, or made no request, says nothing of how the task fares.
  const ended = runs.filter(({ status, requests }) => status === 'complete' && requests > 0).toReversed()
  return (
    <div class="page">
      <div class="page-head">
        <h1>Trends</h1>
        <select
          aria-label="Task"
          value={task}
          onChange={(event) => {
            location.hash = trendsAddress(event.currentTarget.value)
          }}
        >
          {[...tasks.keys()].map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <span class="faint">{formatQuantity(ended.length, 'complete run')}</span>
      </div>
      {ended.length === 0 ? (
        <Notice title={tasks.size === 0 ? 'No runs here yet' : `No complete run of ${task}`}>
          <p>A trend needs runs that went to their end:</p>
          <pre>npx sygra run --task {task ?? 'examples.code_assistant'} --num_records 10 --simulate</pre>
        </Notice>
      ) : (
        <div class="cards">
          {trends.map(({ title, read, format }) => (
            <SectionCard key={title} title={title} note={`latest ${format(ended.map(read).at(-1))}`}>
              <TrendChart title={title} runs={ended} values={ended.map(read)} format={format} />
            </SectionCard>
          ))}
        </div>
      )}
    </div>
  )
}
