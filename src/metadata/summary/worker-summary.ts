import { numbersOf } from '../figures/figure.ts'
import { workerFigures } from '../figures/worker-figures.ts'
import type { Metadata } from '../schema.ts'
import { rounded } from '../statistics/rounding.ts'
import { isoTimestamp } from '../timestamp.ts'
import type { WorkerTotals } from '../totals/worker-totals.ts'

type Workers = NonNullable<Metadata['execution']['workers']>

/** `execution.workers`: the processes that did the records of a run, in the order in which they joined. */
export function workersSummary(
  workers: ReadonlyMap<string, WorkerTotals>,
  { isRehearsal, utcOffsetMinutes }: { readonly isRehearsal: boolean; readonly utcOffsetMinutes: number },
): Workers {
  const names = [...workers.keys()].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return Object.fromEntries(
    names.flatMap((name) => {
      const worker = workers.get(name)
      return worker === undefined ? [] : [[name, workerBlock(worker, { isRehearsal, utcOffsetMinutes })]]
    }),
  )
}

function workerBlock(
  { start, end, measured }: WorkerTotals,
  { isRehearsal, utcOffsetMinutes }: { readonly isRehearsal: boolean; readonly utcOffsetMinutes: number },
): Workers[string] {
  return {
    host: start?.environment.host ?? null,
    pid: start?.environment.pid ?? null,
    node_version: start?.environment.nodeVersion ?? null,
    session: start?.session ?? null,
    concurrency: start?.concurrency ?? null,
    transport: start?.transport ?? null,
    ...(start?.program === undefined ? {} : { program: start.program }),
    ...(start?.thread === undefined ? {} : { thread: start.thread }),
    start_time: start === undefined ? null : isoTimestamp(start.startedAtMs, utcOffsetMinutes),
    end_time: end === undefined ? null : isoTimestamp(end.endedAtMs, utcOffsetMinutes),
    duration_seconds: end === undefined ? null : rounded(end.durationSeconds, 3),
    ...(end?.status === undefined ? {} : { status: end.status }),
    ...(end?.reason === undefined ? {} : { reason: end.reason }),
    ...numbersOf(workerFigures, { totals: undefined, measured, isRehearsal }),
  }
}
