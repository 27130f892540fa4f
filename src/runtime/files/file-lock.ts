import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from './error-code.ts'
import { fileMode } from './file-mode.ts'
import { makeDirectory } from './make-directory.ts'
import { linkIntoPlace } from './place-file.ts'
import { isAlive, type RunOwner, thisOwner } from './run-owner.ts'

/** A lock that this process holds. */
export interface HeldLock {
  readonly type: 'held'
  /** Gives it free; does nothing to the lock of another process that has taken it meanwhile. */
  readonly release: () => void
  /**
   * Looks whether the lock is still this one, and puts it back where it was removed. Gives who has taken it meanwhile;
   * undefined while it is ours, and while nothing can be learnt.
   */
  readonly keep: () => RunOwner | undefined
}

/** A lock that is held, or who holds it. */
export type LockResult = HeldLock | { readonly type: 'taken'; readonly owner: RunOwner }

/** What stands in a lock: who has it, and which taking of it that was. */
interface Mark extends RunOwner {
  readonly token?: string
}

/** How often, and after how many milliseconds, a lock is read again that says nothing. */
const unreadable = { readings: 5, pauseMs: 200 }

/**
 * Takes a lock file that names this process. One that a dead process left behind is taken over. The file is there whole or
 * not at all, so that no process ever sees a lock without its owner; on a file system without hard links it is empty for a
 * moment, and whoever finds it so waits a second before it takes it for one that a power cut has left. `isThere` says whether
 * its holder is; by default, whether that process is alive.
 */
export function takeLock(path: string, isThere: (owner: RunOwner) => boolean = isAlive): LockResult {
  const mark: Mark = { ...thisOwner(), token: randomBytes(8).toString('hex') }
  let pauses = unreadable.readings
  const own = writeOwn(path, mark)
  try {
    for (;;) {
      if (linkIntoPlace(own, path)) return held(path, mark)
      const owner = readOwner(path)
      // Released in the meantime.
      if (owner === 'none') continue
      if (owner === undefined && pauses > 0) {
        pauses -= 1
        pause(unreadable.pauseMs)
        continue
      }
      if (owner !== undefined && isThere(owner)) return { type: 'taken', owner }
      const result = takeOver(path, { own, mark, isThere })
      if (result !== undefined) return result
    }
  } finally {
    rmSync(own, { force: true })
  }
}

/** The text of a lock, in a file of this process's own that can be linked to its place. */
function writeOwn(path: string, mark: Mark): string {
  makeDirectory(dirname(path))
  // Threads of a process have the same number.
  const own = `${path}.${process.pid}-${mark.token}.tmp`
  writeFileSync(own, JSON.stringify(mark), { mode: fileMode() })
  return own
}

/**
 * Of several processes that find the same dead lock one may replace it: the one that holds a lock on doing so. Undefined
 * when another one has done it by then.
 */
function takeOver(
  path: string,
  { own, mark, isThere }: { own: string; mark: Mark; isThere: (owner: RunOwner) => boolean },
): LockResult | undefined {
  const right = takeLock(`${path}.next`)
  if (right.type === 'taken') return right
  try {
    const owner = readOwner(path)
    if (owner === 'none' || (owner !== undefined && isThere(owner))) return undefined
    renameSync(own, path)
    return held(path, mark)
  } finally {
    right.release()
  }
}

function held(path: string, mark: Mark): HeldLock {
  let isHeld = true
  return {
    type: 'held',
    release() {
      const owner = readOwner(path)
      // Released twice, or taken by another process, it would be the next holder's lock that goes.
      if (isHeld && owner !== 'none' && owner?.token === mark.token) rmSync(path, { force: true })
      isHeld = false
    },
    keep() {
      try {
        return isHeld ? keepLock(path, mark) : undefined
      } catch {
        // A folder that cannot be made, or too many open files, is no other process.
        return undefined
      }
    },
  }
}

function keepLock(path: string, mark: Mark): RunOwner | undefined {
  for (;;) {
    const owner = readOwner(path)
    if (owner !== 'none') return owner === undefined || owner.token === mark.token ? undefined : owner
    const own = writeOwn(path, mark)
    try {
      if (linkIntoPlace(own, path)) return undefined
    } finally {
      rmSync(own, { force: true })
    }
  }
}

/** `none` when there is no lock; undefined when nothing can be learnt from it, as after a power cut. */
function readOwner(path: string): Mark | 'none' | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value !== 'object' || value === null) return undefined
    const pid = numberIn(value, 'pid')
    if (pid === undefined) return undefined
    const [startedAtMs, startTicks] = [numberIn(value, 'startedAtMs'), numberIn(value, 'startTicks')]
    const [host, bootId, token] = [textIn(value, 'host'), textIn(value, 'bootId'), textIn(value, 'token')]
    return { pid, host, bootId, startedAtMs, startTicks, token }
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'none' : undefined
  }
}

/** Waits where nothing can be awaited. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

function numberIn(value: object, name: string): number | undefined {
  const found: unknown = Reflect.get(value, name)
  return typeof found === 'number' ? found : undefined
}

function textIn(value: object, name: string): string | undefined {
  const found: unknown = Reflect.get(value, name)
  return typeof found === 'string' ? found : undefined
}
