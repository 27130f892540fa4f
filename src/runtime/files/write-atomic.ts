import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf, SygraError } from '../../errors.ts'
import { fileMode } from './file-mode.ts'
import { makeDirectory, syncDirectory } from './make-directory.ts'

/**
 * Writes a file so that a reader sees the old content or the new one, never a part: a temporary file beside it, then a
 * rename. `isSynced` also waits until it is on the disk itself, safe from a power cut; false by default. `isOfRun` is false
 * for a file of the user, such as a workflow that is saved: who may read it, the umask says.
 *
 * @throws SygraError `not_writable` with the path and the system's reason.
 */
export async function writeAtomic(
  path: string,
  content: string | Uint8Array,
  { isSynced = false, isOfRun = true } = {},
): Promise<void> {
  const temporary = temporaryPath(path, 'new')
  try {
    makeDirectory(dirname(path))
    const file = await open(temporary, 'w', isOfRun ? fileMode() : undefined)
    try {
      await file.writeFile(content)
      if (isSynced) await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    if (isSynced) await syncDirectory(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw notWritable(path, error)
  }
}

/** As `writeAtomic`, for moments in which nothing can be awaited. */
export function writeAtomicSync(path: string, text: string): void {
  const temporary = temporaryPath(path, 'now')
  try {
    makeDirectory(dirname(path))
    writeFileSync(temporary, text, { mode: fileMode() })
    // A write that is under way may be about to rename its older text: without its file it cannot do so after us.
    removeQuietly(temporaryPath(path, 'new'))
    renameSync(temporary, path)
    // What a write that is under way would leave behind if the process ends now.
    removeQuietly(temporaryPath(path, 'new'))
  } catch (error) {
    removeQuietly(temporary)
    throw notWritable(path, error)
  }
}

/** Removes what a write of this process leaves behind if the process ends within it, where nothing else writes the file. */
export function removeUnfinished(path: string): void {
  removeQuietly(temporaryPath(path, 'new'))
}

// A file that was never made may lie in a folder that is none.
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {}
}

// Two writes of one process never share it: one that is awaited and one that cannot be may overlap.
function temporaryPath(path: string, kind: 'new' | 'now'): string {
  return `${path}.${process.pid}.${kind}.tmp`
}

function notWritable(path: string, error: unknown): SygraError {
  return new SygraError('not_writable', `${path} cannot be written: ${messageOf(error)}`, { cause: error })
}
