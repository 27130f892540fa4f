import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDirectory } from '../../runtime/make-directory.ts'
import { notWritable } from './write-error.ts'

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
