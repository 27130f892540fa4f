import { randomBytes } from 'node:crypto'
import type { MetadataEvent, RunEnd, RunStart, WorkerEnd } from '../../metadata/event.ts'
import type { RunTotals } from '../../metadata/run-totals.ts'
import type { Session } from '../../metadata/totals/program-session.ts'
import { isAlive } from '../files/run-owner.ts'
import { firstProcess } from './program-files.ts'

/** Why a process has ended of which nothing else is known. */
export const withoutWord = 'the process ended without a word'
/** Nobody tells a worker thread that it is stopped. */
const stoppedThread = 'the thread was stopped'

/** Names a `sygra exec`, so that whoever reads the run later can ask whether it is still there. */
export function newExecName(startedAtMs: number): string {
  return `${process.pid}.${startedAtMs}.${randomBytes(3).toString('hex')}`
}

interface GonePart {
  readonly start: RunStart
  /** It was a thread, whose process has said itself how it ended. */
  readonly isOfEnded: boolean
}

/** What has not said that it ended: processes of a program, and a `sygra exec` that watches them. */
export interface OpenParts {
  /** So many are there. */
  readonly alive: number
  readonly gone: readonly GonePart[]
  readonly goneExecs: readonly string[]
}

/** Asks after the parts of a program's run that have not ended. */
export function openParts({ execution: { processes, execs } }: RunTotals): OpenParts {
  let alive = 0
  const gone: GonePart[] = []
  const isOver = overBy([...processes.values()])
  const ended = new Set<string>()
  for (const { start, end } of processes.values()) {
    if (start?.thread === undefined && end !== undefined && end.isPresumed !== true) ended.add(processOf(start))
  }
  const open = new Map<string, string | undefined>()
  for (const { start, end } of processes.values()) {
    if (start === undefined) continue
    const { environment, startedAtMs, exec } = start
    if (exec !== undefined && !execs.has(exec)) open.set(exec, environment.host)
    if (end !== undefined) continue
    const isOfEnded = start.thread !== undefined && ended.has(processOf(start))
    const isGone = isOfEnded || isOver(start) || !isAlive({ pid: environment.pid, host: environment.host, startedAtMs })
    if (isGone) gone.push({ start, isOfEnded })
    else alive += 1
  }
  const goneExecs = [...open].filter(([exec, host]) => !isExecAlive(exec, host)).map(([exec]) => exec)
  return { alive: alive + open.size - goneExecs.length, gone, goneExecs }
}

function processOf(start: RunStart | undefined): string {
  return `${start?.environment.pid}@${start?.environment.host}`
}

/** Whether another process of the run has the number of one that began before it: a container gives the same ones again. */
function overBy(sessions: readonly Session[]): (start: RunStart) => boolean {
  const latest = new Map<string, number>()
  for (const { start } of sessions) {
    if (start === undefined || start.thread !== undefined) continue
    latest.set(processOf(start), Math.max(latest.get(processOf(start)) ?? 0, start.startedAtMs))
  }
  return (start) => start.startedAtMs < (latest.get(processOf(start)) ?? 0)
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
    ...gone.flatMap((part) => endsOf(part, lastAtMs(part.start.worker ?? firstProcess))),
    // It says nothing of the program, which may have gone on.
    ...goneExecs.map((exec): RunEnd => {
      const end = { session: 0, endedAtMs: 0, durationSeconds: 0, isPresumed: true }
      return { type: 'run-end', exec, status: 'interrupted', ...end }
    }),
  ]
}

function endsOf({ start, isOfEnded }: GonePart, endedAtMs: number | undefined): readonly [WorkerEnd, RunEnd] {
  const { worker = firstProcess, session, startedAtMs } = start
  const atMs = Math.max(startedAtMs, endedAtMs ?? 0)
  const durationSeconds = (atMs - startedAtMs) / 1000
  const how = isOfEnded
    ? ({ reason: stoppedThread, status: 'complete' } as const)
    : ({ reason: withoutWord, status: 'interrupted' } as const)
  const end = { worker, endedAtMs: atMs, durationSeconds, ...how }
  return [
    { type: 'worker-end', ...end },
    { type: 'run-end', session, ...end, isPresumed: true },
  ]
}
