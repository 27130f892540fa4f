import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { nowMs } from '../clock.ts'

/** The process that a run belongs to, as far as it is known. */
export interface RunOwner {
  readonly pid: number | null | undefined
  readonly host: string | null | undefined
  /** When the run, or its last session, began: a process that is younger is another one with the same number. */
  readonly startedAtMs?: number
  /** Of the running system of that host; another one after each boot. */
  readonly bootId?: string
  /** When the process began, in ticks since the boot: with `bootId` no other process has the same, whatever the clock says. */
  readonly startTicks?: number
}

/** The clock of the wall and the one that processes are dated with need not agree to the second. */
const toleranceMs = 5_000
const ticksPerSecond = 100

/** This process as the owner of a run. */
export function thisOwner(): RunOwner {
  const startTicks = readProcess(process.pid)?.startTicks
  return { pid: process.pid, host: hostname(), startedAtMs: nowMs(), bootId: bootId(), startTicks }
}

/**
 * Whether the process of a run is still there. What runs on another machine cannot be asked, and is believed to be alive;
 * so is a run that names no process.
 */
export function isAlive(owner: RunOwner): boolean {
  const { pid, host, startedAtMs } = owner
  if (typeof pid !== 'number' || (typeof host === 'string' && host !== hostname())) return true
  if (owner.bootId !== undefined && owner.bootId !== (bootId() ?? owner.bootId)) return false
  if (!isThere(pid)) return false
  const found = readProcess(pid)
  if (found === undefined) return true
  if (found.isZombie) return false
  if (owner.startTicks !== undefined) return owner.startTicks === found.startTicks
  const bornAtMs = timeOf(found.startTicks)
  return bornAtMs === undefined || startedAtMs === undefined || bornAtMs <= startedAtMs + toleranceMs
}

/** True when the very process of a run is there beyond doubt: on this machine, since this boot, begun at the same tick. */
export function isSurelyAlive(owner: RunOwner): boolean {
  const { pid, host, bootId: boot, startTicks } = owner
  if (typeof pid !== 'number' || host !== hostname() || boot === undefined || boot !== bootId()) return false
  const found = readProcess(pid)
  return found !== undefined && !found.isZombie && found.startTicks === startTicks
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // The process is there but belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** What the system tells of a process; undefined where it does not, as outside Linux. */
function readProcess(pid: number): { readonly isZombie: boolean; readonly startTicks: number } | undefined {
  // The name of the process stands in brackets and may hold anything; behind it are the state and, as the 20th, the start.
  const fields = readText(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')
  const startTicks = Number(fields?.[19])
  // A zombie has died, but its parent has not asked how.
  return Number.isFinite(startTicks) ? { isZombie: fields?.[0] === 'Z', startTicks } : undefined
}

function timeOf(startTicks: number): number | undefined {
  const bootSeconds = Number(/^btime (\d+)$/m.exec(readText('/proc/stat') ?? '')?.[1])
  return Number.isFinite(bootSeconds) ? (bootSeconds + startTicks / ticksPerSecond) * 1000 : undefined
}

function bootId(): string | undefined {
  return readText('/proc/sys/kernel/random/boot_id')?.trim()
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
