import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, SygraError } from '../../errors.ts'
import { makeDirectory } from '../../runtime/files/make-directory.ts'

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space',
  EDQUOT: 'the quota of the disk is used up; free some space',
  EFBIG: 'the file is larger than this account may write; raise the limit with ulimit -f',
  EACCES:
    'writing is not allowed; give yourself the right with chmod +w, or choose another folder with `outputDir`, or write no files with `output: false`',
  EPERM: 'writing is not allowed; choose another folder with `outputDir`, or write no files with `output: false`',
  EROFS: 'the disk is read-only; choose another folder with `outputDir`, or write no files with `output: false`',
  ENOTDIR:
    'a part of the path is a file, not a folder; choose another folder with `outputDir`, or write no files with `output: false`',
  EEXIST:
    'a part of the path is a file, not a folder; choose another folder with `outputDir`, or write no files with `output: false`',
  ENOENT:
    'a part of the path is not there and cannot be made; choose another folder with `outputDir`, or write no files with `output: false`',
  EISDIR: 'is a folder; name a file',
  EMFILE: 'too many files are open; raise the limit with ulimit -n',
  ENAMETOOLONG: 'the name is too long; shorten the name of the run',
}

/** The error for a file or folder that cannot be written: path, the system's reason, what to do, and what is safe. */
export function notWritable(path: string, error: unknown, safe = ''): SygraError {
  if (error instanceof SygraError) return error
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  const reason = reasons[code] ?? `cannot be written (${messageOf(error)})`
  return new SygraError('not_writable', `${path}: ${reason}${safe === '' ? '' : `; ${safe}`}`, { cause: error })
}

/** Enough that a full disk refuses it. */
const probe = Buffer.alloc(64 * 1024)

/** Makes a folder if it is not there and writes a file of 64 KB for a moment; throws `not_writable` when that fails. */
export async function checkWritable(directory: string): Promise<void> {
  const path = join(directory, `.sygra-${randomUUID()}`)
  try {
    makeDirectory(directory)
    await writeFile(path, probe, { flush: true })
  } catch (error) {
    throw notWritable(directory, error)
  } finally {
    await rm(path, { force: true }).catch(() => undefined)
  }
}
