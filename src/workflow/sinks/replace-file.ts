import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileMode } from '../../runtime/files/file-mode.ts'
import { makeDirectory, syncDirectory } from '../../runtime/files/make-directory.ts'

/** Takes text to write; wait for it before giving more. */
type WriteText = (text: string) => Promise<void>

const bufferCharacters = 256 * 1024

/** Writes a file beside its place and then puts it there whole: readers see the old file or the new one, never a half. */
export async function replaceFile(path: string, write: (temporaryPath: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`
  try {
    makeDirectory(dirname(path))
    await write(temporary)
    const written = await open(temporary, 'r+')
    await written.sync().finally(() => written.close())
    await rename(temporary, path)
    await syncDirectory(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}

/** Writes a text file piece by piece, as UTF-8, through a buffer of bounded size. */
export async function writeTextFile(path: string, write: (text: WriteText) => Promise<void>): Promise<void> {
  const handle = await open(path, 'w', fileMode())
  let buffered = ''
  try {
    await write(async (text) => {
      buffered += text
      if (buffered.length < bufferCharacters) return
      const full = buffered
      buffered = ''
      await handle.appendFile(full)
    })
    await handle.appendFile(buffered)
  } finally {
    await handle.close()
  }
}
