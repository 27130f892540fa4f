import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf, SygraError } from '../errors.ts'
import { makeDirectory } from './make-directory.ts'

/**
 * Writes a file so that a reader sees the old text or the new one, never a part: a temporary file beside it, then a
 * rename.
 *
 * @throws SygraError `not_writable` with the path and the system's reason.
 */
export async function writeAtomic(path: string, text: string): Promise<void> {
  const temporary = temporaryPath(path)
  try {
    makeDirectory(dirname(path))
    await writeFile(temporary, text)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw notWritable(path, error)
  }
}

/** As `writeAtomic`, for moments in which nothing can be awaited. */
export function writeAtomicSync(path: string, text: string): void {
  // Not the file of a write that is under way: it would go on writing into this one.
  const temporary = `${temporaryPath(path)}.last`
  try {
    makeDirectory(dirname(path))
    writeFileSync(temporary, text)
    renameSync(temporary, path)
    // What a write that is under way would leave behind if the process ends now.
    removeQuietly(temporaryPath(path))
  } catch (error) {
    removeQuietly(temporary)
    throw notWritable(path, error)
  }
}

// A file that was never made may lie in a folder that is none.
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {}
}

function temporaryPath(path: string): string {
  return `${path}.${process.pid}.tmp`
}

function notWritable(path: string, error: unknown): SygraError {
  return new SygraError('not_writable', `${path} cannot be written: ${messageOf(error)}`, { cause: error })
}
