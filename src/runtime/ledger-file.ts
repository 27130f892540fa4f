import { closeSync, fdatasync, fstatSync, mkdirSync, openSync, readSync, statSync, write, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** A file that is only ever appended to. */
export interface LedgerFile {
  append(bytes: Buffer): Promise<void>
  appendSync(bytes: Buffer): void
  /** Waits until what was appended is on the disk itself. */
  sync(): Promise<void>
  /** True when the file ends within a line. */
  isTorn(): boolean
  /** Puts the file back where its folder was removed: as long as it is open, its text is not lost. */
  restore(): void
  close(): void
}

const newline = 10

/** Opens a file to append to, and makes its folder. */
export function openLedgerFile(path: string): LedgerFile {
  let descriptor = openAppending(path)
  return {
    append: (bytes) => appendAll(descriptor, bytes),
    appendSync(bytes) {
      for (let offset = 0; offset < bytes.length; ) offset += writeSync(descriptor, bytes, offset)
    },
    sync: () => new Promise((resolve, reject) => fdatasync(descriptor, (error) => (error ? reject(error) : resolve()))),
    isTorn() {
      const { size } = fstatSync(descriptor)
      const last = Buffer.alloc(1)
      return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== newline
    },
    restore() {
      if (isInPlace(descriptor, path)) return
      const old = descriptor
      descriptor = openAppending(path)
      copyAll(old, descriptor)
      closeSync(old)
    },
    close: () => closeSync(descriptor),
  }
}

function openAppending(path: string): number {
  mkdirSync(dirname(path), { recursive: true })
  return openSync(path, 'a+')
}

function appendAll(descriptor: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const writeFrom = (offset: number) => {
      write(descriptor, bytes, offset, bytes.length - offset, null, (error, written) => {
        if (error) reject(error)
        else if (offset + written < bytes.length) writeFrom(offset + written)
        else resolve()
      })
    }
    writeFrom(0)
  })
}

function isInPlace(descriptor: number, path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false })
  const own = fstatSync(descriptor)
  return there !== undefined && there.ino === own.ino && there.dev === own.dev
}

function copyAll(from: number, to: number): void {
  const buffer = Buffer.alloc(1024 * 1024)
  let position = 0
  for (let read = readSync(from, buffer, 0, buffer.length, 0); read > 0; ) {
    writeSync(to, buffer, 0, read)
    position += read
    read = readSync(from, buffer, 0, buffer.length, position)
  }
}
