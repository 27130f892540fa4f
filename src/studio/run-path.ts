import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { formatBytes } from '../report/text/format-values.ts'

/** Larger than any account of a run: two hundred thousand nodes would take less. */
const maxMetadataBytes = 100_000_000

/** A file that may be shown, with what tells that it has changed; or why it may not. */
export type CheckedFile =
  | { readonly path: string; readonly mtimeMs: number; readonly size: number }
  | { readonly refusal: string }

/** The name of a run on the page and in its links: the path of its file under the directory, with slashes. */
export function runKeyOf(directory: string, path: string): string {
  return relative(directory, path).split(sep).join('/')
}

/** The metadata file that a key names. Whatever is not a plain file of that kind under the directory is refused. */
export async function checkRunKey(directory: string, key: string): Promise<CheckedFile> {
  if (key.includes('\0') || !/^metadata_.*\.json$/.test(basename(key))) {
    return { refusal: 'only metadata files (metadata_*.json) are shown' }
  }
  const path = join(directory, ...key.split('/'))
  const checked = await checkFile(directory, path)
  if ('path' in checked && checked.size > maxMetadataBytes) {
    return { refusal: `${formatBytes(checked.size)} is too large for a metadata file` }
  }
  return checked
}

/** A plain file under the directory; symbolic links are refused, on the way to it as well. */
export async function checkFile(directory: string, path: string): Promise<CheckedFile> {
  try {
    const { mtimeMs, size, ...status } = await lstatOf(path)
    if (!status.isFile) return { refusal: 'it is no plain file' }
    const [folder, root] = await Promise.all([realpath(dirname(path)), realpath(directory)])
    const way = relative(root, folder)
    if (way === '..' || way.startsWith(`..${sep}`) || join(root, way) !== folder) {
      return { refusal: 'it is not in the directory that the studio shows' }
    }
    return { path, mtimeMs, size }
  } catch {
    return { refusal: 'there is no such file' }
  }
}

async function lstatOf(path: string): Promise<{ mtimeMs: number; size: number; isFile: boolean }> {
  const status = await lstat(path)
  return { mtimeMs: status.mtimeMs, size: status.size, isFile: status.isFile() }
}
