import type { RunRow } from '../../src/report/runs/run-row.ts'
import { formatDerivedCost } from '../../src/report/text/format-cost.ts'
import { formatQuantity, formatSeconds, unknownMark } from '../../src/report/text/format-values.ts'
import { Sparkline } from '../charts/sparkline.tsx'
import { trendsAddress } from '../shell/route.ts'
import { costPerRecordOf } from '../trends/trend-figures.ts'
import { runsByTask } from './runs-by-task.ts'

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
  // Only runs that ended say something of the next one.
  const ended = runs.filter(({ status, requests }) => status === 'complete' && requests > 0)
  const course = ended.slice(0, shownRuns).reverse()
  const [latest] = ended
  const costs = course.map(costPerRecordOf)
  const p95s = course.map(({ p95Seconds }) => p95Seconds)
  return (
    <a class="task-card" href={trendsAddress(task)}>
      <span class="task-head">
        <span class="task-name">{task}</span>
        <span class="task-count">{formatQuantity(runs.length, 'run')}</span>
      </span>
      <span class="task-figure">
        <span class="label">per record</span>
        <Sparkline values={costs} label={`cost per record over ${formatQuantity(course.length, 'run')}`} />
        <span class="value">
          {latest === undefined ? unknownMark : formatDerivedCost(costPerRecordOf(latest), latest.cost)}
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
