import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { formatBytes } from '../report/text/format-values.ts'

/** Larger than any account of a run: two hundred thousand nodes would take less. */
const maxMetadataBytes = 100_000_000

/** A file that may be shown, with what tells that it has changed; or why it may not. */
export type CheckedFile =
  | { readonly path: string; readonly mtimeMs: number; readonly size: number }
  | { readonly refusal: string; readonly isMissing?: boolean }

/** The name of a run on the page and in its links: the path of its file under the directory, with slashes. */
export function runKeyOf(directory: string, path: string): string {
  return relative(directory, path).split(sep).join('/')
}

/** True for the name of a metadata file. */
export function isRunName(name: string): boolean {
  return /^metadata_.*\.json$/.test(name)
}

/** The metadata file that a key names. Whatever is not a plain file of that kind under the directory is refused. */
export async function checkRunKey(directory: string, key: string): Promise<CheckedFile> {
  if (key.includes('\0')) return { refusal: onlyMetadata }
  return checkRunFile(join(directory, ...key.split('/')), new FolderChecks(directory))
}

const onlyMetadata = 'only metadata files (metadata_*.json) are shown'

/** The same by the path of the file, with folders that were looked at already. */
export async function checkRunFile(path: string, folders: FolderChecks): Promise<CheckedFile> {
  if (!isRunName(basename(path))) return { refusal: onlyMetadata }
  const checked = await checkIn(path, folders)
  if ('path' in checked && checked.size > maxMetadataBytes) {
    return { refusal: `${formatBytes(checked.size)} is too large for a metadata file` }
  }
  return checked
}

/** A plain file under the directory; symbolic links are refused, on the way to it as well. */
export function checkFile(directory: string, path: string): Promise<CheckedFile> {
  return checkIn(path, new FolderChecks(directory))
}

async function checkIn(path: string, folders: FolderChecks): Promise<CheckedFile> {
  try {
    const { mtimeMs, size, ...status } = await lstatOf(path)
    if (!status.isFile) return { refusal: 'it is no plain file' }
    if (await folders.isWithin(dirname(path))) return { path, mtimeMs, size }
    return { refusal: 'it is not in the directory that the studio shows' }
  } catch {
    return { refusal: 'there is no such file', isMissing: true }
  }
}

/** Which folders are really under a directory; each is asked once. */
export class FolderChecks {
  readonly #directory: string
  readonly #known = new Map<string, Promise<boolean>>()

  constructor(directory: string) {
    this.#directory = directory
  }

  isWithin(folder: string): Promise<boolean> {
    const known = this.#known.get(folder) ?? this.#look(folder)
    this.#known.set(folder, known)
    return known
  }

  async #look(folder: string): Promise<boolean> {
    const [real, root] = await Promise.all([realpath(folder), realpath(this.#directory)])
    const way = relative(root, real)
    return way !== '..' && !way.startsWith(`..${sep}`) && join(root, way) === real
  }
}

async function lstatOf(path: string): Promise<{ mtimeMs: number; size: number; isFile: boolean }> {
  const status = await lstat(path)
  return { mtimeMs: status.mtimeMs, size: status.size, isFile: status.isFile() }
}
