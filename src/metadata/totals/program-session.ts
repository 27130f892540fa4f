import type { RunEnd, RunStart, RunStatus } from '../event.ts'

/** One start or resume of a run, and its end if there was one. */
export interface Session {
  start?: RunStart
  end?: RunEnd
}

/** What is known of the processes of a program, and of those that started it to watch it. */
export interface ProgramParts {
  /** By the name of the process: `w1` is the one that was first. */
  readonly processes: ReadonlyMap<string, Session>
  /** What each `sygra exec` says of the end of its program, by its name. */
  readonly execs: ReadonlyMap<string, RunEnd>
}

type Span = readonly [startMs: number, endMs: number]

/** From the best to the worst. */
const ranks: readonly RunStatus[] = ['complete', 'running', 'interrupted', 'failed']

/**
 * The processes of a program as one session: from the first start to the last end, and for as long as at least one of them was
 * there. It has ended when all have. How it ended, whoever started the program knows; where nobody tells, its worst process.
 */
export function programSession({ processes, execs }: ProgramParts): Session {
  const named = [...processes].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
  const starts = named.flatMap(([, { start }]) => start ?? [])
  const [first] = starts
  const told = [...execs.values()].filter(({ isPresumed }) => isPresumed !== true)
  const ends = [...named.flatMap(([, { end }]) => end ?? []), ...told]
  const start = first === undefined ? undefined : earliest(first, starts, ends)
  // Between two processes of a program there may be none: it goes on as long as whoever watches it has not said otherwise.
  const isOpen = named.some(([, { start: own, end }]) => {
    return end === undefined || (own?.exec !== undefined && !execs.has(own.exec))
  })
  if (start === undefined || isOpen || ends.length === 0) return { start }
  return { start, end: endOf(named, { execs, ends }) }
}

function earliest(first: RunStart, starts: readonly RunStart[], ends: readonly RunEnd[]): RunStart {
  const times = [...starts.map(({ startedAtMs }) => startedAtMs), ...ends.filter(({ exec }) => exec).map(startOf)]
  return { ...first, startedAtMs: Math.min(...times) }
}

function endOf(
  named: readonly (readonly [string, Session])[],
  { execs, ends }: { readonly execs: ProgramParts['execs']; readonly ends: readonly RunEnd[] },
): RunEnd {
  const told = named.flatMap(([name, { start, end }]) => {
    // Whoever watches the program knows what the end of one of its processes means for it.
    if (end === undefined || (start?.exec !== undefined && execs.get(start.exec)?.isPresumed !== true)) return []
    return isStoppedThread(name, named) ? [] : [{ ...end, reason: reasonOf(name, end, named.length) }]
  })
  const deciding = [...ends.filter(({ exec }) => exec !== undefined), ...told]
  const worst = deciding.toSorted((a, b) => ranks.indexOf(b.status) - ranks.indexOf(a.status))[0]
  return {
    type: 'run-end',
    session: 0,
    status: worst?.status ?? 'complete',
    reason: worst?.reason,
    endedAtMs: Math.max(...ends.map(({ endedAtMs }) => endedAtMs)),
    durationSeconds: unionSeconds(ends.map((end): Span => [startOf(end), startOf(end) + end.durationSeconds * 1000])),
    records: ends.reduce((sum, { records = 0 }) => sum + records, 0),
  }
}

function reasonOf(name: string, { reason }: RunEnd, count: number): string | undefined {
  return reason === undefined || count === 1 ? reason : `${name}: ${reason}`
}

/** A worker thread is stopped without being told: where its process ended well, that says nothing. */
function isStoppedThread(name: string, named: readonly (readonly [string, Session])[]): boolean {
  const own = named.find(([other]) => other === name)?.[1]
  if (own?.end?.isPresumed !== true || own.start?.thread === undefined) return false
  const { host, pid } = own.start.environment
  return named.some(([, { start, end }]) => {
    const isSame = start?.environment.pid === pid && start?.environment.host === host
    return isSame && end !== undefined && end.isPresumed !== true
  })
}

function startOf({ endedAtMs, durationSeconds }: RunEnd): number {
  return Math.round(endedAtMs - durationSeconds * 1000)
}

function unionSeconds(spans: readonly Span[]): number {
  let [milliseconds, until] = [0, Number.NEGATIVE_INFINITY]
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    milliseconds += Math.max(0, end - Math.max(start, until))
    until = Math.max(until, end)
  }
  return milliseconds / 1000
}
