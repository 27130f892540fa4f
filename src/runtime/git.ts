import { execFile, execFileSync } from 'node:child_process'
import type { GitState } from '../metadata/event.ts'
import { redactRemote } from './redact.ts'

const timeoutMs = 2_000
const statusArguments = ['status', '--porcelain=v2', '--branch', '--untracked-files=no']
const remoteArguments = ['config', '--get', 'remote.origin.url']

/** State of the repository that a folder lies in; empty where there is no repository or no git. Never throws. */
export async function readGitState(directory: string): Promise<GitState> {
  const [status, remote] = await Promise.all([git(directory, statusArguments), git(directory, remoteArguments)])
  return gitStateOf(status, remote)
}

/** As `readGitState`, for callers that cannot wait; takes the time of two git processes. */
export function readGitStateSync(directory: string): GitState {
  return gitStateOf(gitSync(directory, statusArguments), gitSync(directory, remoteArguments))
}

/** Reads what `git status --porcelain=v2 --branch` and `git config --get remote.origin.url` print. */
export function gitStateOf(status: string | undefined, remote: string | undefined): GitState {
  if (status === undefined) return {}
  const lines = status.split('\n')
  const header = (name: string) => lines.find((line) => line.startsWith(`# ${name} `))?.slice(name.length + 3)
  const commit = header('branch.oid')
  const branch = header('branch.head')
  return {
    commitHash: commit === '(initial)' ? undefined : commit,
    branch: branch === '(detached)' ? 'HEAD' : branch,
    isDirty: lines.some((line) => line !== '' && !line.startsWith('#')),
    remoteUrl: remote?.trim() ? redactRemote(remote.trim()) : undefined,
  }
}

function git(directory: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { cwd: directory, timeout: timeoutMs, windowsHide: true, maxBuffer: 2 ** 26 }
    // Where a process may start no other (`--permission`), this throws in the place of telling its callback.
    try {
      execFile('git', [...args], options, (error, stdout) => resolve(error ? undefined : stdout))
    } catch {
      resolve(undefined)
    }
  })
}

function gitSync(directory: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', [...args], {
      cwd: directory,
      timeout: timeoutMs,
      windowsHide: true,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    return undefined
  }
}
