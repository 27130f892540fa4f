import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, stat } from 'node:fs/promises'
import { basename, dirname, join, parse } from 'node:path'
import { fileMode } from '../../runtime/files/file-mode.ts'
import { makeDirectory, syncDirectory } from '../../runtime/files/make-directory.ts'
import { flatten } from '../sources/formats/parse-items.ts'
import { readBytes } from '../sources/formats/read-bytes.ts'
import { readJsonl } from '../sources/formats/read-jsonl.ts'
import { decodeText } from '../sources/formats/text-encoding.ts'
import { badRecordHandler } from '../sources/records/bad-record.ts'
import type { Row } from '../sources/source.ts'
import { rowToJson } from './row-json.ts'
import { notWritable } from './write-error.ts'

/** The file in which the rows of a run are kept until it ends: JSON lines, appended, never rewritten. */
export interface PartFile {
  readonly path: string
  /** Rows in the file. */
  rows(): number
  /**
   * Appends a row. Rows are in the file in the order of the calls; the promise resolves when the row has left this process, so that
   * `kill -9` cannot lose it. After a failure the file still ends in a whole line, and later calls try again.
   */
  append(row: Row): Promise<void>
  /** As `append`, for a row that is JSON text already, in one line. */
  appendText(text: string): Promise<void>
  /** Waits until all rows are on the disk itself, safe from a power cut; puts the file back if it was removed. */
  sync(): Promise<void>
  /** Writes what is pending and closes the file. */
  close(): Promise<void>
  /**
   * Closes the file without putting it back. Where its folder was removed, its rows are kept under a name that is free; gives
   * that name, and undefined where they are in place.
   */
  leave(): Promise<string | undefined>
}

/** The part file that belongs to an output file: `output.json` → `output.part.jsonl`. */
export function partPathOf(outputPath: string): string {
  const { dir, name } = parse(outputPath)
  return join(dir, `${name}.part.jsonl`)
}

/** How to open a part file. */
interface PartFileOptions {
  readonly path: string
  /** True: go on behind the rows that are there; half a line at the end, left by a crash, is cut off. Default: start anew. */
  readonly isResumed?: boolean
}

/** Opens the part file of a run. Starting anew keeps an earlier file of that name as `….part.1.jsonl`, `….part.2.jsonl`, … */
export async function openPartFile({ path, isResumed = false }: PartFileOptions): Promise<PartFile> {
  try {
    makeDirectory(dirname(path))
    if (!isResumed) await keepEarlier(path)
    const handle = await open(path, 'a+', fileMode())
    const { bytes, lines } = await wholeLines(path)
    await handle.truncate(bytes)
    return createPartFile({ handle, path, bytes, lines })
  } catch (error) {
    throw notWritable(path, error)
  }
}

interface Pending {
  readonly line: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

function createPartFile(opened: { handle: FileHandle; path: string; bytes: number; lines: number }): PartFile {
  const { path } = opened
  let { handle, bytes, lines } = opened
  let pending: Pending[] = []
  let isNameSynced = false
  let isClosed = false
  /** One thing after the other happens to the file. */
  let turn: Promise<unknown> = Promise.resolve()

  function inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = turn.then(act)
    turn = result.catch(() => {})
    return result
  }

  /** Writes what has gathered, in one go: many small rows cost few system calls. */
  async function writePending(): Promise<void> {
    const batch = pending
    pending = []
    const text = Buffer.from(batch.map(({ line }) => line).join(''))
    try {
      await handle.appendFile(text)
      bytes += text.byteLength
      lines += batch.length
      for (const { resolve } of batch) resolve()
    } catch (error) {
      await handle.truncate(bytes).catch(() => undefined)
      const failure = notWritable(path, error, `the ${lines} rows written before are kept in this file`)
      for (const { reject } of batch) reject(failure)
    }
  }

  function appendText(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      pending.push({ line: `${text}\n`, resolve, reject })
      if (pending.length === 1) void inTurn(writePending)
    })
  }

  async function isInPlace(): Promise<boolean> {
    const there = await stat(path).catch(() => undefined)
    const own = await handle.stat()
    return there?.ino === own.ino && there.dev === own.dev
  }

  async function close(): Promise<void> {
    if (!isClosed) await handle.close()
    isClosed = true
  }

  async function leave(): Promise<string | undefined> {
    if (isClosed || lines === 0 || (await isInPlace())) return close().then(() => undefined)
    const kept = await freeName(path)
    await (await copyOf(handle, kept)).close()
    await close()
    return kept
  }

  /** Rows of a file whose folder was removed are not lost while it is open: they are copied to where it was. */
  async function putBack(): Promise<void> {
    if (await isInPlace()) return
    const copy = await copyOf(handle, path)
    const old = handle
    handle = copy
    isNameSynced = false
    await old.close()
  }

  async function sync(): Promise<void> {
    try {
      await inTurn(putBack)
      // Not in turn: rows need not wait for a slow disk.
      await handle.datasync()
      // The rows of a new file are safe from a power cut only together with its name.
      if (!isNameSynced) await syncDirectory(dirname(path))
      isNameSynced = true
    } catch (error) {
      throw notWritable(path, error)
    }
  }

  return {
    path,
    rows: () => lines,
    // Turned into text now: the caller may change the row afterwards.
    append: async (row) => appendText(rowToJson(row)),
    appendText,
    sync,
    close: () => inTurn(close),
    leave: () => inTurn(leave),
  }
}

/** A file at the place of another that holds all of it. */
async function copyOf(from: FileHandle, path: string): Promise<FileHandle> {
  makeDirectory(dirname(path))
  const to = await open(path, 'a+', fileMode())
  try {
    await to.truncate(0)
    await copyAll(from, to)
    return to
  } catch (error) {
    await to.close()
    throw error
  }
}

async function copyAll(from: FileHandle, to: FileHandle): Promise<void> {
  const buffer = Buffer.alloc(1024 * 1024)
  for (let position = 0; ; ) {
    const { bytesRead } = await from.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) return
    await to.appendFile(buffer.subarray(0, bytesRead))
    position += bytesRead
  }
}

async function keepEarlier(path: string): Promise<void> {
  const { bytes } = await wholeLines(path)
  if (bytes > 0) await rename(path, await freeName(path))
}

async function freeName(path: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const kept = path.replace(/(\.jsonl)?$/, `.${number}$1`)
    if ((await wholeLines(kept)).bytes === 0) return kept
  }
}

const newline = 10

/** The lines of a file that end in a line end: their number and bytes; 0 for a file that is not there. */
async function wholeLines(path: string): Promise<{ readonly bytes: number; readonly lines: number }> {
  let [bytes, lines, offset] = [0, 0, 0]
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
      if (!(chunk instanceof Uint8Array)) continue
      for (let index = chunk.indexOf(newline); index !== -1; index = chunk.indexOf(newline, index + 1)) {
        lines += 1
        bytes = offset + index + 1
      }
      offset += chunk.byteLength
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { bytes: 0, lines: 0 }
    throw error
  }
  return { bytes, lines }
}

/** The rows of a part file, streamed; half a line at the end, left by a crash, is passed over. */
export async function* readPartFile(path: string): AsyncGenerator<Row> {
  const name = basename(path)
  const { bytes } = await wholeLines(path)
  const text = decodeText(readBytes({ path, name, end: bytes }), { name })
  yield* flatten(readJsonl({ name: path, text, skip: 0, bad: badRecordHandler() }))
}
