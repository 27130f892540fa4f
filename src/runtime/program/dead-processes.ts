import { randomBytes } from 'node:crypto'
import type { MetadataEvent, RunEnd, RunStart, WorkerEnd } from '../../metadata/event.ts'
import type { RunTotals } from '../../metadata/run-totals.ts'
import { isAlive } from '../files/run-owner.ts'
import { firstProcess } from './program-files.ts'

/** Why a process has ended of which nothing else is known. */
export const withoutWord = 'the process ended without a word'

/** Names a `sygra exec`, so that whoever reads the run later can ask whether it is still there. */
export function newExecName(startedAtMs: number): string {
  return `${process.pid}.${startedAtMs}.${randomBytes(3).toString('hex')}`
}

/** What has not said that it ended: processes of a program, and a `sygra exec` that watches them. */
export interface OpenParts {
  /** So many are there. */
  readonly alive: number
  readonly gone: readonly RunStart[]
  readonly goneExecs: readonly string[]
}

/** Asks after the parts of a program's run that have not ended. */
export function openParts({ execution: { processes, execs } }: RunTotals): OpenParts {
  let alive = 0
  const gone: RunStart[] = []
  const open = new Map<string, string | undefined>()
  for (const { start, end } of processes.values()) {
    if (start === undefined) continue
    const { environment, startedAtMs, exec } = start
    if (exec !== undefined && !execs.has(exec)) open.set(exec, environment.host)
    if (end !== undefined) continue
    if (isAlive({ pid: environment.pid, host: environment.host, startedAtMs })) alive += 1
    else gone.push(start)
  }
  const goneExecs = [...open].filter(([exec, host]) => !isExecAlive(exec, host)).map(([exec]) => exec)
  return { alive: alive + open.size - goneExecs.length, gone, goneExecs }
}

function isExecAlive(exec: string, host: string | undefined): boolean {
  const [pid, startedAtMs] = exec.split('.').map(Number)
  return isAlive({ pid, host, startedAtMs })
}

/**
 * What parts that are gone could not say of their end any more. `lastAtMs` gives when a process was heard of last.
 */
export function endsOfGone(
  { gone, goneExecs }: OpenParts,
  lastAtMs: (worker: string) => number | undefined,
): readonly MetadataEvent[] {
  return [
    ...gone.flatMap((start) => endsOf(start, lastAtMs(start.worker ?? firstProcess) ?? start.startedAtMs)),
    // It says nothing of the program, which may have gone on.
    ...goneExecs.map((exec): RunEnd => {
      const end = { session: 0, endedAtMs: 0, durationSeconds: 0, isPresumed: true }
      return { type: 'run-end', exec, status: 'interrupted', ...end }
    }),
  ]
}

function endsOf(start: RunStart, endedAtMs: number): readonly [WorkerEnd, RunEnd] {
  const { worker = firstProcess, session, startedAtMs } = start
  const atMs = Math.max(startedAtMs, endedAtMs)
  const end = { endedAtMs: atMs, durationSeconds: (atMs - startedAtMs) / 1000, reason: withoutWord }
  return [
    { type: 'worker-end', worker, ...end, status: 'interrupted' },
    { type: 'run-end', session, worker, ...end, status: 'interrupted', isPresumed: true },
  ]
}
