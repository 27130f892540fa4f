import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { packageFolder } from '../runtime/package-folder.ts'

/** Where a task lies, as a process on another machine can find its own copy. */
export interface TaskPlace {
  /** The folder in which one works, the package itself for its examples, or a path that is the same everywhere. */
  readonly from: 'project' | 'package' | 'root'
  readonly path: string
}

export function taskPlaceOf(directory: string): TaskPlace {
  const bases = [
    ['project', process.cwd()],
    ['package', packageFolder()],
  ] as const
  for (const [from, base] of bases) {
    const path = relative(base, directory)
    if (!isAbsolute(path) && path.split(sep)[0] !== '..') return { from, path: path.split(sep).join('/') }
  }
  return { from: 'root', path: directory }
}

export function directoryAt({ from, path }: TaskPlace): string {
  if (from === 'root') return path
  return from === 'package' ? join(packageFolder(), path) : resolve(path)
}
