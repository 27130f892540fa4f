import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { messageOf, SygraError } from '../errors.ts'
import { listVariable } from '../instrument/process/list-variable.ts'
import type { Metadata } from '../metadata/schema.ts'
import { renderRun } from '../report/render-run.ts'
import { ledgerPathOf } from '../runtime/run-files.ts'
import { recoverRun } from '../workflow/run/recover-run.ts'
import { usesColors } from './colors.ts'
import type { ExecFlags } from './exec.ts'
import { readRun } from './read-run.ts'

/** Runs a program with the process it starts, and those that one starts, watched; ends with its exit code. */
export async function execProgram(command: readonly string[], flags: ExecFlags): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'sygra-exec-'))
  const list = join(scratch, 'written')
  try {
    process.exitCode = await runWatched(command, environmentFor(flags, list))
    if (!flags.quiet) await printRuns(await pathsIn(list))
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

function environmentFor({ task, outputDir }: ExecFlags, list: string): NodeJS.ProcessEnv {
  const register = new URL('../instrument/register.js', import.meta.url).href
  const environment: NodeJS.ProcessEnv = { ...process.env, [listVariable]: list }
  environment.NODE_OPTIONS = [process.env.NODE_OPTIONS, `--import ${register}`].filter(Boolean).join(' ')
  if (task !== undefined) environment.SYGRA_TASK = task
  if (outputDir !== undefined) environment.SYGRA_OUTPUT_DIR = resolve(outputDir)
  return environment
}

/** Gives the exit code of the program; 128 + n when signal n ended it. */
function runWatched([file = '', ...args]: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(file, args, { stdio: 'inherit', env: environment })
  const forward = (signal: NodeJS.Signals) => {
    // A terminal sends an interrupt to the program itself; it must not get two.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, forward)
  return new Promise<number>((done, failed) => {
    child.on('error', (error) => {
      failed(new SygraError('not_found', `${file}: cannot be started: ${messageOf(error)}`, { cause: error }))
    })
    child.on('close', (code, signal) => done(signal === null ? (code ?? 1) : 128 + constants.signals[signal]))
  }).finally(() => {
    for (const signal of signals) process.removeListener(signal, forward)
  })
}

/** Paths of what the processes wrote; none when no process called a model. */
async function pathsIn(list: string): Promise<readonly string[]> {
  try {
    return (await readFile(list, 'utf8')).split('\n').filter((line) => line !== '')
  } catch {
    return []
  }
}

/** The account a process left; of one that was killed, what its ledger tells. */
async function readEndedRun(path: string): Promise<Metadata> {
  const ledgerPath = ledgerPathOf(path)
  try {
    const metadata = await readRun(path)
    if (metadata.status !== 'running' || !existsSync(ledgerPath)) return metadata
  } catch (error) {
    // Killed before it had written its first one.
    if (!existsSync(ledgerPath)) throw error
  }
  try {
    return (await recoverRun(ledgerPath)).metadata
  } catch (error) {
    // It outlives the program that started it, and goes on.
    if (error instanceof SygraError && error.code === 'run_locked') return readRun(path)
    throw error
  }
}

// On the standard error, so that the output of the program stays its own.
async function printRuns(paths: readonly string[]): Promise<void> {
  if (paths.length === 0) process.stderr.write('sygra: no call to a model was seen\n')
  const { columns } = process.stderr
  for (const path of paths) {
    const table = renderRun(await readEndedRun(path), { columns, colors: usesColors(process.stderr) })
    process.stderr.write(`${table}\nMetadata: ${path}\n`)
  }
}
