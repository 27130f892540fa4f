import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, readSync, statSync, write, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileMode } from '../files/file-mode.ts'
import { makeDirectory, syncDirectory } from '../files/make-directory.ts'

/** A file that is only ever appended to, line by line. It is opened by what is asked of it first. */
export interface LedgerFile {
  append(bytes: Buffer): Promise<void>
  appendSync(bytes: Buffer): void
  /** Where appending gives lines to somebody who passes them on: resolves when those have left this process. */
  left?(): Promise<void>
  /** Waits until what was appended is on the disk itself. */
  sync(): Promise<void>
  /**
   * Puts the file back where its folder was removed: as long as it is open, its text is not lost. Not while something is
   * being appended or synced.
   */
  restore(): void
  /** How many bytes the file has, and how many of them this process has appended. */
  size(): { readonly bytes: number; readonly ownBytes: number }
  close(): void
}

const newline = 10

/** How the system writes, and says that a disk is full. */
export interface WriteCalls {
  readonly write: (descriptor: number, bytes: Buffer, done: (error: Error | null, written: number) => void) => void
  readonly writeSync: (descriptor: number, bytes: Buffer) => number
}

const systemCalls: WriteCalls = { write, writeSync }

/** A file to append to; its folder is made when it is opened. */
export function ledgerFile(path: string, calls: WriteCalls = systemCalls): LedgerFile {
  let descriptor: number | undefined
  let isNameSynced = false
  // A write that failed, in this process or in one that died, may have left half a line.
  let mustEndLine = false
  let ownBytes = 0

  function opened(): number {
    if (descriptor !== undefined) return descriptor
    descriptor = openAppending(path)
    mustEndLine ||= isTorn(descriptor)
    return descriptor
  }

  // Until a write has succeeded it counts as failed, also for one that nobody can wait for and that comes in between.
  function startWrite(bytes: Buffer): Buffer {
    const lines = mustEndLine ? Buffer.concat([Buffer.from('\n'), bytes]) : bytes
    mustEndLine = true
    return lines
  }

  return {
    async append(bytes) {
      const target = opened()
      const lines = startWrite(bytes)
      await appendAll(calls, target, lines)
      mustEndLine = false
      ownBytes += lines.length
    },
    appendSync(bytes) {
      const target = opened()
      const lines = startWrite(bytes)
      appendAllSync(calls, target, lines)
      mustEndLine = false
      ownBytes += lines.length
    },
    size: () => ({ bytes: fstatSync(opened()).size, ownBytes }),
    async sync() {
      const target = opened()
      await new Promise<void>((resolve, reject) =>
        fdatasync(target, (error) => (error === null ? resolve() : reject(error))),
      )
      // The text of a new file is safe from a power cut only together with its name.
      if (!isNameSynced) await syncDirectory(dirname(path))
      isNameSynced = true
    },
    restore() {
      const old = opened()
      if (isInPlace(old, path)) return
      descriptor = copyOf(old, path)
      isNameSynced = false
      closeSync(old)
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor)
    },
  }
}

function openAppending(path: string): number {
  makeDirectory(dirname(path))
  return openSync(path, 'a+', fileMode())
}

/** True when a file ends within a line. */
function isTorn(descriptor: number): boolean {
  const { size } = fstatSync(descriptor)
  const last = Buffer.alloc(1)
  return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== newline
}

function appendAll(calls: WriteCalls, descriptor: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const writeRest = (rest: Buffer) => {
      calls.write(descriptor, rest, (error, written) => {
        if (error !== null) reject(error)
        else if (written < rest.length) writeRest(rest.subarray(written))
        else resolve()
      })
    }
    writeRest(bytes)
  })
}

function appendAllSync(calls: WriteCalls, descriptor: number, bytes: Buffer): void {
  for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(calls.writeSync(descriptor, rest))
}

function isInPlace(descriptor: number, path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false })
  const own = fstatSync(descriptor)
  return there !== undefined && there.ino === own.ino && there.dev === own.dev
}

/** Opens the file that is to take the place of another, behind all that stands in that one. */
function copyOf(from: number, path: string): number {
  const to = openAppending(path)
  const { size } = fstatSync(to)
  const buffer = Buffer.alloc(1024 * 1024)
  try {
    for (let position = 0; ; ) {
      const read = readSync(from, buffer, 0, buffer.length, position)
      if (read === 0) return to
      appendAllSync(systemCalls, to, buffer.subarray(0, read))
      position += read
    }
  } catch (error) {
    ftruncateSync(to, size)
    closeSync(to)
    throw error
  }
}
