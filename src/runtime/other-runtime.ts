import { basename } from 'node:path'

/** The runtime that a program is, where it is one beside Node that may call models; undefined for any other program. */
export function runtimeOf(program: string): 'bun' | 'deno' | 'python' | undefined {
  const name = basename(program)
    .replace(/\.exe$/i, '')
    .toLowerCase()
  if (/^(python|python\d(\.\d+)?|pypy\d?|uv|uvx|poetry|pipenv|ipython)$/.test(name)) return 'python'
  if (name === 'bun' || name === 'bunx') return 'bun'
  return name === 'deno' ? 'deno' : undefined
}

/** The same for a command as a process is started with it, through a shell perhaps. */
export function startedRuntime(file: string, args: readonly string[]): ReturnType<typeof runtimeOf> {
  const isShell = /^(ba|da|z)?sh$/.test(basename(file))
  const command = isShell && args[0] === '-c' ? args[1] : file.includes(' ') ? file : undefined
  return runtimeOf(command === undefined ? file : (command.trim().split(/\s+/)[0] ?? ''))
}
