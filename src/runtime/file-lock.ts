import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { nowMs } from './clock.ts'
import { makeDirectory } from './make-directory.ts'
import { isAlive, type RunOwner } from './run-owner.ts'

/** A lock that is held, or who holds it. */
export type LockResult =
  | { readonly type: 'held'; readonly release: () => void }
  | { readonly type: 'taken'; readonly owner: RunOwner }

/** Takes a lock file that names this process. One that a dead process left behind is taken over. */
export function takeLock(path: string): LockResult {
  makeDirectory(dirname(path))
  for (;;) {
    if (tryToCreate(path)) return { type: 'held', release: onceOnly(() => rmSync(path, { force: true })) }
    const owner = readOwner(path)
    if (owner !== undefined && isAlive(owner)) return { type: 'taken', owner }
    moveAside(path)
  }
}

// Released twice, it would be the next holder's lock that goes.
function onceOnly(release: () => void): () => void {
  let isHeld = true
  return () => {
    if (isHeld) release()
    isHeld = false
  }
}

// Two processes may find the same stale lock: what was moved is looked at again, and goes back if it is somebody's by now.
function moveAside(path: string): void {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
    const owner = readOwner(aside)
    if (owner !== undefined && isAlive(owner)) renameSync(aside, path)
    else rmSync(aside, { force: true })
  } catch {}
}

function tryToCreate(path: string): boolean {
  let descriptor: number
  try {
    descriptor = openSync(path, 'wx')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
  writeSync(descriptor, JSON.stringify({ pid: process.pid, host: hostname(), startedAtMs: nowMs() }))
  closeSync(descriptor)
  return true
}

function readOwner(path: string): RunOwner | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number')
      return undefined
    const host = 'host' in value && typeof value.host === 'string' ? value.host : undefined
    const startedAtMs = 'startedAtMs' in value && typeof value.startedAtMs === 'number' ? value.startedAtMs : undefined
    return { pid: value.pid, host, startedAtMs }
  } catch {
    return undefined
  }
}
