import { type FileHandle, open, stat } from 'node:fs/promises'
import { basename } from 'node:path'

const namePattern = /^metadata_(.*?)_?(\d{4})-(\d\d)-(\d\d)_(\d\d)-(\d\d)-(\d\d)(?:_(\d+))?\.json$/

/** What the name of a metadata file says. */
export interface MetadataFileName {
  /** The task with `.` and `/` as `_`. */
  readonly task: string
  /** Local time. */
  readonly startedAtMs: number
  /** Tells runs of the same second apart. */
  readonly ordinal: number
  /** As it stands in the name, with the ordinal: the files of a run share it. */
  readonly timestamp: string
}

/** Reads the name of a metadata file; undefined for another name. */
export function parseMetadataFileName(path: string): MetadataFileName | undefined {
  const match = namePattern.exec(basename(path))
  if (match === null) return undefined
  const [, task = '', ...digits] = match
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, ordinal] = digits.map(Number)
  return {
    task,
    startedAtMs: new Date(year, month - 1, day, hour, minute, second).getTime(),
    ordinal: Number.isInteger(ordinal) ? (ordinal ?? 1) : 1,
    timestamp: basename(path, '.json').slice(`metadata_${task}_`.length),
  }
}

/** The metadata files under a directory, in no order; `patterns` may leave some of its folders out. */
export async function findMetadataFiles(
  directory: string,
  patterns: readonly string[] = ['**/metadata_*.json'],
): Promise<string[]> {
  // Not every command looks for files.
  const { glob } = await import('tinyglobby')
  return glob([...patterns], {
    cwd: directory,
    absolute: true,
    ignore: ['**/node_modules/**', '**/.git/**'],
    followSymbolicLinks: false,
    // A folder may have any name; only what the patterns say is a pattern.
    expandDirectories: false,
  })
}

/** Orders what names say, the latest run first. */
export function latestFirst(
  a: Pick<MetadataFileName, 'startedAtMs' | 'ordinal'>,
  b: Pick<MetadataFileName, 'startedAtMs' | 'ordinal'>,
): number {
  return b.startedAtMs - a.startedAtMs || b.ordinal - a.ordinal
}

/** The files with the latest run first: by the time in the name, else by the time of the last change. */
export async function newestFirst(paths: readonly string[]): Promise<string[]> {
  const dated = await Promise.all(paths.map(async (path) => ({ path, ...(await dateOf(path)) })))
  dated.sort((a, b) => latestFirst(a, b) || (a.path < b.path ? -1 : 1))
  return dated.map(({ path }) => path)
}

/** The first bytes of a file as text; empty when it cannot be read. */
export async function readHead(path: string, maxBytes: number): Promise<string> {
  let file: FileHandle | undefined
  try {
    file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } catch {
    return ''
  } finally {
    await file?.close()
  }
}

async function dateOf(path: string): Promise<{ startedAtMs: number; ordinal: number }> {
  const name = parseMetadataFileName(path)
  if (name !== undefined) return name
  try {
    return { startedAtMs: (await stat(path)).mtimeMs, ordinal: 1 }
  } catch {
    // Gone since it was found.
    return { startedAtMs: 0, ordinal: 1 }
  }
}
