import { access, constants, stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { glob, isDynamicPattern } from 'tinyglobby'
import { SygraError } from '../../errors.ts'
import { type FileFormat, type FileKind, fileKind } from './file-format.ts'
import { unreadable } from './read-bytes.ts'

/** A file of a source. */
export interface DiskFile extends FileKind {
  readonly path: string
  /** Name in messages: relative to where the process runs if it lies below. */
  readonly name: string
  readonly bytes: number
}

/** Which files a disk source means. */
export interface DiskPaths {
  /** Paths or glob patterns. */
  readonly paths: readonly string[]
  /** Folder that relative paths start at. */
  readonly directory: string
  /** Default: told by each file's name. */
  readonly format?: FileFormat
}

/** Finds the files: those of a pattern in the order of their names, all in the order given. Throws `not_found` when there is none. */
export async function findFiles({ paths, directory, format }: DiskPaths): Promise<DiskFile[]> {
  const found = await Promise.all(paths.map((path) => expand(path, directory)))
  return Promise.all([...new Set(found.flat())].map((path) => inspect(path, format)))
}

async function expand(path: string, directory: string): Promise<string[]> {
  const absolute = resolve(directory, path)
  // A file whose name has brackets is that file, not a pattern.
  if (!isDynamicPattern(path) || (await exists(absolute))) return [absolute]
  const matches = await glob(path, { cwd: directory, absolute: true, onlyFiles: true })
  if (matches.length === 0)
    throw new SygraError('not_found', `${path}: no file matches this pattern below ${displayName(directory)}; check it`)
  return matches.sort()
}

async function inspect(path: string, format?: FileFormat): Promise<DiskFile> {
  const name = displayName(path)
  try {
    const status = await stat(path)
    if (status.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
    await access(path, constants.R_OK)
    return { path, name, bytes: status.size, ...fileKind(name, format) }
  } catch (error) {
    throw unreadable(name, error)
  }
}

/** A path as messages show it: relative when it lies below the working directory. */
export function displayName(path: string): string {
  const below = relative(process.cwd(), path)
  return below === '' || below.startsWith('..') ? path : below
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
