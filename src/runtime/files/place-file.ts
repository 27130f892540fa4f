import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { codeOf } from './error-code.ts'
import { fileMode } from './file-mode.ts'

/** Puts a file in its place whole, or not at all: false where there is one already. */
export function placeFile(path: string, text: string): boolean {
  const own = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`
  writeFileSync(own, text, { mode: fileMode() })
  try {
    return linkIntoPlace(own, path)
  } finally {
    rmSync(own, { force: true })
  }
}

/** The same with a file of this process's own, which stays where it is. */
export function linkIntoPlace(own: string, path: string): boolean {
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') return false
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return createInPlace(own, path)
    throw error
  }
}

/** For file systems without hard links: there the file is empty for a moment. */
function createInPlace(own: string, path: string): boolean {
  try {
    writeFileSync(path, readFileSync(own), { flag: 'wx', mode: fileMode() })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}
