import { access, constants, stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { SygraError } from '../../../errors.ts'
import { unreadable } from '../formats/read-bytes.ts'

/** A file of a source. */
export interface DiskFile extends FileKind {
  readonly path: string
  /** Name in messages: relative to where the process runs if it lies below. */
  readonly name: string
  readonly bytes: number
}

/** Which files a disk source means. */
interface DiskPaths {
  /** Paths or glob patterns. */
  readonly paths: readonly string[]
  /** Folders that relative paths may start at; the first in which the file is, or files match, is meant. */
  readonly directories: readonly string[]
  /** Default: told by each file's name. */
  readonly format?: FileFormat
}

/** Finds the files: those of a pattern in the order of their names, all in the order given. Throws `not_found` when there is none. */
export async function findFiles({ paths, directories, format }: DiskPaths): Promise<DiskFile[]> {
  const found = await Promise.all(paths.map((path) => expand(path, [...new Set(directories)])))
  return Promise.all([...new Set(found.flat())].map((path) => inspect(path, format)))
}

async function expand(path: string, directories: readonly string[]): Promise<string[]> {
  const candidates = [...new Set(directories.map((directory) => resolve(directory, path)))]
  // A file whose name has brackets is that file, not a pattern.
  for (const candidate of candidates) if (await exists(candidate)) return [candidate]
  const tried = directories.map(displayName)
  // Here, and not above: what it stands on cannot be loaded in a bundle that is no ES module.
  const { glob, isDynamicPattern } = await import('tinyglobby')
  if (!isDynamicPattern(path)) {
    const [only = path] = candidates
    if (candidates.length === 1) return [only]
    const places = candidates.map((candidate) => displayName(candidate)).join(' nor ')
    throw new SygraError('not_found', `${path}: no such file: neither ${places} is there; check the path`)
  }
  for (const cwd of directories) {
    const matches = await glob(path, { cwd, absolute: true, onlyFiles: true })
    if (matches.length > 0) return matches.sort()
  }
  throw new SygraError('not_found', `${path}: no file matches this pattern below ${tried.join(' or ')}; check it`)
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
function displayName(path: string): string {
  const below = relative(process.cwd(), path)
  return below === '' || below.startsWith('..') ? path : below
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** The file formats that can be read. */
export const fileFormats = ['json', 'jsonl', 'csv', 'parquet'] as const

/** A file format that can be read. */
export type FileFormat = (typeof fileFormats)[number]

/** How a file is to be read. */
export interface FileKind {
  readonly format: FileFormat
  readonly isGzip: boolean
}

const suffixes: Readonly<Record<string, FileFormat>> = {
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.parquet': 'parquet',
}

/** The kind of a file by its name; undefined for a name that does not tell. */
export function kindOfName(name: string): FileKind | undefined {
  const lower = name.toLowerCase()
  const isGzip = lower.endsWith('.gz')
  const plain = isGzip ? lower.slice(0, -'.gz'.length) : lower
  const suffix = Object.keys(suffixes).find((candidate) => plain.endsWith(candidate))
  const format = suffix === undefined ? undefined : suffixes[suffix]
  return format === undefined ? undefined : { format, isGzip }
}

/** The kind of a file by its name, or by the format the user gave; throws `bad_data` when neither tells. */
export function fileKind(name: string, format?: FileFormat): FileKind {
  const byName = kindOfName(name)
  const kind = format === undefined ? byName : { format, isGzip: name.toLowerCase().endsWith('.gz') }
  if (kind === undefined) {
    throw new SygraError(
      'bad_data',
      `${name}: cannot tell the format from the name; set the format to one of ${fileFormats.join(', ')}`,
    )
  }
  if (kind.isGzip && kind.format === 'parquet') {
    throw new SygraError(
      'bad_data',
      `${name}: a gzipped parquet file cannot be read in parts; unpack it with gunzip (parquet is compressed inside)`,
    )
  }
  return kind
}
