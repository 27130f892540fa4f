import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeDirectory } from './make-directory.ts'
import { isAlive, type RunOwner, thisOwner } from './run-owner.ts'

/** A lock that is held, or who holds it. */
export type LockResult =
  | { readonly type: 'held'; readonly release: () => void }
  | { readonly type: 'taken'; readonly owner: RunOwner }

/**
 * Takes a lock file that names this process. One that a dead process left behind is taken over. The file is there whole or
 * not at all, so that no process ever sees a lock without its owner.
 */
export function takeLock(path: string): LockResult {
  makeDirectory(dirname(path))
  const own = `${path}.${process.pid}.tmp`
  writeFileSync(own, JSON.stringify(thisOwner()))
  try {
    for (;;) {
      if (tryToLink(own, path)) return held(path)
      const owner = readOwner(path)
      // Released in the meantime.
      if (owner === 'none') continue
      if (owner !== undefined && isAlive(owner)) return { type: 'taken', owner }
      const result = takeOver(path, own)
      if (result !== undefined) return result
    }
  } finally {
    rmSync(own, { force: true })
  }
}

/**
 * Of several processes that find the same dead lock one may replace it: the one that holds a lock on doing so. Undefined
 * when another one has done it by then.
 */
function takeOver(path: string, own: string): LockResult | undefined {
  const right = takeLock(`${path}.next`)
  if (right.type === 'taken') return right
  try {
    const owner = readOwner(path)
    if (owner === 'none' || (owner !== undefined && isAlive(owner))) return undefined
    renameSync(own, path)
    return held(path)
  } finally {
    right.release()
  }
}

function held(path: string): LockResult {
  let isHeld = true
  return {
    type: 'held',
    release() {
      // Released twice, it would be the next holder's lock that goes.
      if (isHeld) rmSync(path, { force: true })
      isHeld = false
    },
  }
}

function tryToLink(own: string, path: string): boolean {
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') return false
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return tryToCreate(own, path)
    throw error
  }
}

/** For file systems without links: there a lock is empty for a moment. */
function tryToCreate(own: string, path: string): boolean {
  try {
    writeFileSync(path, readFileSync(own), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** `none` when there is no lock; undefined when nothing can be learnt from it, as after a power cut. */
function readOwner(path: string): RunOwner | 'none' | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value !== 'object' || value === null) return undefined
    const pid = numberIn(value, 'pid')
    if (pid === undefined) return undefined
    const [startedAtMs, startTicks] = [numberIn(value, 'startedAtMs'), numberIn(value, 'startTicks')]
    return { pid, host: textIn(value, 'host'), bootId: textIn(value, 'bootId'), startedAtMs, startTicks }
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'none' : undefined
  }
}

function numberIn(value: object, name: string): number | undefined {
  const found: unknown = Reflect.get(value, name)
  return typeof found === 'number' ? found : undefined
}

function textIn(value: object, name: string): string | undefined {
  const found: unknown = Reflect.get(value, name)
  return typeof found === 'string' ? found : undefined
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
