import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { nowMs } from './clock.ts'

/** The process that a run belongs to. */
export interface RunOwner {
  readonly pid: number | null | undefined
  readonly host: string | null | undefined
  /** When the run, or its last session, began: a process that is younger is another one with the same number. */
  readonly startedAtMs?: number
}

/** The clock of the wall and the one that processes are dated with need not agree to the second. */
const toleranceMs = 5_000

/**
 * Whether the process of a run is still there. What runs on another machine cannot be asked, and is believed to be alive;
 * so is a run that names no process.
 */
export function isAlive({ pid, host, startedAtMs }: RunOwner): boolean {
  if (typeof pid !== 'number' || (typeof host === 'string' && host !== hostname())) return true
  try {
    process.kill(pid, 0)
  } catch (error) {
    // The process is there but belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  if (isZombie(pid)) return false
  const bornAtMs = startedAtMs === undefined ? undefined : processStartMs(pid)
  return bornAtMs === undefined || startedAtMs === undefined || bornAtMs <= startedAtMs + toleranceMs
}

/** A process that has died and whose parent has not asked how. */
function isZombie(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.startsWith('Z') ?? false
  } catch {
    return false
  }
}

/** When a process began; undefined where the system does not tell, as outside Linux. */
function processStartMs(pid: number): number | undefined {
  if (pid === process.pid) return nowMs() - process.uptime() * 1000
  try {
    // The name of the process stands in brackets and may hold anything; field 22 is the start in ticks since boot.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    const bootSeconds = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1])
    const ticksPerSecond = 100
    const startMs = (bootSeconds + Number(fields[19]) / ticksPerSecond) * 1000
    return Number.isFinite(startMs) ? startMs : undefined
  } catch {
    return undefined
  }
}
