import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

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
    if (!/^[0-9a-f]{2}$/.test(name)) continue
    for (const file of await namesIn(join(directory, name))) {
      if (!/^[0-9a-f]{62}-\d+\.json/.test(file)) continue
      const path = join(directory, name, file)
      const found = await stat(path).catch(() => undefined)
      if (found === undefined) continue
      files.push({ path, bytes: found.size, atMs: found.mtimeMs, isAnswer: file.endsWith('.json') })
    }
  }
  return files
}

/** Removes the oldest answers until the rest is a tenth below what may be there, and what dead processes have left. */
export async function pruneFolder(files: readonly FolderFile[], maxBytes: number, nowMs = Date.now()): Promise<void> {
  for (const { path, isAnswer, atMs } of files) {
    if (!isAnswer && nowMs - atMs > abandonedMs) await removeQuietly(path)
  }
  let bytes = sizeOf(files)
  if (bytes <= maxBytes) return
  for (const file of files.filter(({ isAnswer }) => isAnswer).sort((one, other) => one.atMs - other.atMs)) {
    if (bytes <= maxBytes * 0.9) return
    await removeQuietly(file.path)
    bytes -= file.bytes
  }
}

/** Removes every answer; gives how many there were. */
export async function clearFolder(files: readonly FolderFile[]): Promise<number> {
  for (const { path } of files) await removeQuietly(path)
  return files.filter(({ isAnswer }) => isAnswer).length
}

export function sizeOf(files: readonly FolderFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch(() => [])
}

async function removeQuietly(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => {})
}
