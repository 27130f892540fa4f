import type { RunRow } from '../../src/report/runs/run-row.ts'
import { formatQuantity, formatSeconds, formatUsd, unknownMark } from '../../src/report/text/format-values.ts'
import { Sparkline } from '../charts/sparkline.tsx'
import { trendsAddress } from '../shell/route.ts'
import { costPerSuccess, isInTrend, isSimulated } from '../trends/trend-figures.ts'
import { runsByTask } from './runs-by-task.ts'
import { shortTask } from './task-name.ts'

const shownTasks = 6
const shownRuns = 30

/** The tasks that ran last, each with the course of its cost and of its p95. */
export function TaskCards({ rows }: { readonly rows: readonly RunRow[] }) {
  const tasks = [...runsByTask(rows)].slice(0, shownTasks)
  return (
    <ul class="task-cards" aria-label="Tasks">
      {tasks.map(([task, runs]) => (
        <li key={task}>
          <TaskCard task={task} runs={runs} />
        </li>
      ))}
    </ul>
  )
}

function TaskCard({ task, runs }: { readonly task: string; readonly runs: readonly RunRow[] }) {
  const ended = runs.filter(isInTrend)
  const course = ended.slice(0, shownRuns).reverse()
  const [latest] = ended
  const now = latest === undefined ? undefined : costPerSuccess(latest)
  // What is only a lower bound has no place on a line of what is known, and rehearsals have none on one of money spent.
  const costs = course.map((run) => {
    const { value, isLowerBound } = costPerSuccess(run)
    return isLowerBound || (latest !== undefined && isSimulated(run) !== isSimulated(latest)) ? undefined : value
  })
  const p95s = course.map(({ p95Seconds }) => p95Seconds)
  return (
    <a class="task-card" href={trendsAddress(task)}>
      <span class="task-head">
        <span class="task-name" title={task}>
          {shortTask(task)}
        </span>
        <span class="task-count">{formatQuantity(runs.length, 'run')}</span>
      </span>
      <span class="task-figure">
        <span class="label">{isProgram(latest) ? 'per call' : 'per success'}</span>
        <Sparkline
          values={costs}
          label={`cost per ${isProgram(latest) ? 'call' : 'record'} that succeeded over ${formatQuantity(course.length, 'run')}`}
        />
        <span class="value">
          {now?.value === undefined ? unknownMark : `${now.isLowerBound ? '≥ ' : ''}${formatUsd(now.value)}`}
          {now?.value !== undefined && latest !== undefined && isSimulated(latest) ? (
            <span class="faint"> sim.</span>
          ) : null}
        </span>
      </span>
      <span class="task-figure">
        <span class="label">p95</span>
        <Sparkline values={p95s} label={`p95 over ${formatQuantity(course.length, 'run')}`} />
        <span class="value">{formatSeconds(latest?.p95Seconds)}</span>
      </span>
    </a>
  )
}

/** A program that has no records is told by its calls. */
function isProgram(row: RunRow | undefined): boolean {
  return row !== undefined && row.records === 0 && (row.calls ?? 0) > 0
}
