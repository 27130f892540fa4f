import { mkdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { directoryMode } from './file-mode.ts'

/**
 * Makes a folder and those above it. One at a time, because Node's own recursive way never ends where the system answers
 * that a folder just made is not there, as below `/proc`.
 */
export function makeDirectory(path: string): void {
  const missing: string[] = []
  let directory = resolve(path)
  while (!tryToMake(directory)) {
    missing.push(directory)
    directory = dirname(directory)
  }
  for (const below of missing.reverse()) mkdirSync(below, directoryMode())
}

/** True when the folder is there now; false when the one above it is missing. */
function tryToMake(directory: string): boolean {
  try {
    mkdirSync(directory, directoryMode())
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') return true
    if (code === 'ENOENT' && dirname(directory) !== directory) return false
    throw error
  }
}

/** Waits until the names in a folder are on the disk itself; where a folder cannot be asked for that, does nothing. */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path, 'r')
    await directory.sync().finally(() => directory.close())
  } catch {}
}
