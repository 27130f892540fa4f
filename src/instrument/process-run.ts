import { appendFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, resolve } from 'node:path'
import type { RunStatus } from '../metadata/event.ts'
import { nowMs } from '../runtime/clock.ts'
import { readEnvironment } from '../runtime/environment.ts'
import { readGitState, readGitStateSync } from '../runtime/git.ts'
import { makeDirectory } from '../runtime/make-directory.ts'
import type { MetadataCollector } from '../runtime/metadata-collector.ts'
import { freeTimestamp, metadataPathOf } from '../runtime/run-files.ts'
import { outsideCollector } from '../runtime/scope.ts'
import { listVariable } from './list-variable.ts'
import { settleOpenAttempts } from './open-attempts.ts'
import { onProcessEnd, type ProcessEnd } from './process-end.ts'

const state = { isStarted: false }

/**
 * Makes what the process does outside of runs a run of its own, from the start of the process to its end, whatever end that
 * is. A process without a call to a model leaves nothing.
 */
export function startProcessRun({ directory }: { readonly directory: string }): void {
  if (state.isStarted) return
  state.isStarted = true
  const collector = outsideCollector()
  const outputDir = resolve(directory, process.env.SYGRA_OUTPUT_DIR || '.')
  const taskName = process.env.SYGRA_TASK || programName()
  let hasRequests = false
  collector.onEvent((event) => {
    hasRequests ||= event.type === 'request-end'
  })
  let git: Awaited<ReturnType<typeof readGitState>> | undefined
  void readGitState(directory).then((found) => {
    git = found
  })
  let isRunStarted = false
  let path: string | undefined
  onProcessEnd((end) => {
    if (end.isFinal) settleOpenAttempts(collector.runId)
    if (!hasRequests || !collector.isEnabled()) return
    if (!isRunStarted) {
      isRunStarted = true
      const context = { taskName, outputDir }
      const startedAtMs = Math.round(performance.timeOrigin)
      collector.startRun({
        context,
        environment: readEnvironment(),
        git: git ?? readGitStateSync(directory),
        startedAtMs,
      })
    }
    path ??= reservePath({ directory: outputDir, taskName })
    writeEnd(collector, path, end)
  })
}

function writeEnd(collector: MetadataCollector, path: string, end: ProcessEnd): void {
  collector.endRun(statusOf(end), reasonOf(end))
  collector.saveMetadata(path)
}

function statusOf({ signal, exitCode }: ProcessEnd): RunStatus {
  if (signal !== undefined) return 'interrupted'
  return exitCode === 0 ? 'complete' : 'failed'
}

function reasonOf({ signal, exitCode, errorName }: ProcessEnd): string | undefined {
  if (signal !== undefined) return signal
  return errorName ?? (exitCode === 0 ? undefined : `exit code ${exitCode}`)
}

/** The name of the program's file without its ending; `node` where there is none. */
function programName(): string {
  const file = process.argv[1]
  return file === undefined ? 'node' : basename(file, extname(file))
}

/**
 * A path that is this process's alone, held by an empty file: many processes may end at the same moment, on one signal.
 * Told to whoever asked for the list.
 */
function reservePath({ directory, taskName }: { readonly directory: string; readonly taskName: string }): string {
  const atMs = nowMs()
  const tried = new Set<string>()
  for (;;) {
    const timestamp = freeTimestamp({ atMs, isTaken: (candidate) => tried.has(candidate) })
    tried.add(timestamp)
    const path = metadataPathOf({ directory, taskName, timestamp })
    makeDirectory(dirname(path))
    try {
      writeFileSync(path, '', { flag: 'wx' })
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue
      throw error
    }
    const list = process.env[listVariable]
    if (list) appendFileSync(list, `${path}\n`)
    return path
  }
}
