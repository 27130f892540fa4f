import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../errors.ts'

/** A file of a folder of answers. */
export interface FolderFile {
  readonly path: string
  readonly bytes: number
  /** When it was written. */
  readonly atMs: number
  /** It is a whole answer, and not what a process has left that died as it wrote one. */
  readonly isAnswer: boolean
}

/** After so long what a process was writing is not written any more, in milliseconds. */
const abandonedMs = 3_600_000

/** The files of a folder of answers, in no order; nothing where there is no such folder. Other files are passed over. */
export async function listFolder(directory: string): Promise<readonly FolderFile[]> {
  const files: FolderFile[] = []
  for (const name of await namesIn(directory)) {
    if (/^[0-9a-f]{2}$/.test(name)) files.push(...(await answersIn(join(directory, name))))
  }
  return files
}

async function answersIn(folder: string): Promise<readonly FolderFile[]> {
  const names = (await namesIn(folder)).filter((name) => /^[0-9a-f]{62}-\d+\.json/.test(name))
  const files = names.map(async (name): Promise<readonly FolderFile[]> => {
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found === undefined) return []
    return [{ path, bytes: found.size, atMs: found.mtimeMs, isAnswer: name.endsWith('.json') }]
  })
  return (await Promise.all(files)).flat()
}

/** Removes the oldest answers until the rest is a tenth below what may be there, and what dead processes have left. */
export async function pruneFolder(files: readonly FolderFile[], maxBytes: number, nowMs = Date.now()): Promise<void> {
  for (const { path, isAnswer, atMs } of files) {
    if (!isAnswer && nowMs - atMs > abandonedMs) await problemWithRemoving(path)
  }
  let bytes = sizeOf(files)
  if (bytes <= maxBytes) return
  for (const file of files.filter(({ isAnswer }) => isAnswer).sort((one, other) => one.atMs - other.atMs)) {
    if (bytes <= maxBytes * 0.9) return
    if ((await problemWithRemoving(file.path)) === undefined) bytes -= file.bytes
  }
}

/** What was removed of a folder, and why the first of what is left could not be. */
export interface ClearedFolder {
  readonly removed: readonly FolderFile[]
  readonly problem: string | undefined
}

/** Removes files of a folder of answers. */
export async function clearFolder(files: readonly FolderFile[]): Promise<ClearedFolder> {
  const removed: FolderFile[] = []
  let problem: string | undefined
  for (const file of files) {
    const found = await problemWithRemoving(file.path)
    if (found === undefined) removed.push(file)
    else problem ??= found
  }
  return { removed, problem }
}

export function sizeOf(files: readonly FolderFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch(() => [])
}

/** Removes a file; why not, where that cannot be done. One that is gone already is removed. */
async function problemWithRemoving(path: string): Promise<string | undefined> {
  try {
    await rm(path, { force: true })
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}
