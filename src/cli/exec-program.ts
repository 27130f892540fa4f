import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, resolve } from 'node:path'
import { messageOf, SygraError } from '../errors.ts'
import { runtimeOf } from '../runtime/other-runtime.ts'
import { outcomeOfExitCode, outcomeOfSignal } from '../runtime/process-exit.ts'
import { newExecName } from '../runtime/program/dead-processes.ts'
import { ProgramWatch } from '../runtime/program/program-watch.ts'
import { givenRunToken, newRunToken, type RunToken, tokenVariable } from '../runtime/program/run-token.ts'
import { sentByExecVariable } from '../telemetry/follow-collector.ts'
import { accountsText } from './exec/exec-accounts.ts'
import { followExec } from './exec/exec-telemetry.ts'
import type { ExecFlags } from './exec.ts'
import { announceMetrics, type MetricsServer } from './run/metrics-server.ts'
import { commandLine } from './terminal/command-line.ts'
import { note } from './terminal/terminal.ts'

/** So often the account of a program that goes on is brought up to date, for those that look at it. */
const keepEveryMs = 2_000

/** Runs a program with the process it starts, and those that one starts, watched; ends with its exit code. */
export async function execProgram(command: readonly string[], flags: ExecFlags): Promise<void> {
  const startedAtMs = Date.now()
  // Within a program that is watched already, this is a part of that one's run.
  const outer = flags.outputDir === undefined ? givenRunToken() : undefined
  const directory = flags.outputDir === undefined ? undefined : resolve(flags.outputDir)
  const token = outer ?? newRunToken({ directory, startedAtMs, exec: newExecName(startedAtMs) })
  const watch = new ProgramWatch(outer === undefined ? token : { ...token, exec: undefined })
  let metrics: MetricsServer | undefined
  let keeping: NodeJS.Timeout | undefined
  try {
    metrics = await announceMetrics(flags.metricsPort, () => watch.read())
    if (flags.otel) process.env.SYGRA_OTEL = '1'
    if (flags.traceparent) process.env.SYGRA_TRACEPARENT = '1'
    const telemetry = outer === undefined ? followExec(watch, nameOf(command, flags)) : undefined
    const environment = environmentFor(flags, token)
    if (telemetry !== undefined) environment[sentByExecVariable] = '1'
    if (outer === undefined) keeping = setInterval(() => void watch.keep(), keepEveryMs)
    const { pid, code, signal } = await runWatched(command, { environment, isQuiet: flags.quiet === true })
    clearInterval(keeping)
    await watch.rest()
    process.exitCode = signal === null ? code : 128 + constants.signals[signal]
    const outcome = signal === null ? outcomeOfExitCode(code) : outcomeOfSignal(signal)
    // On the standard error, so that the output of the program stays its own.
    if (outer === undefined) {
      const end = await watch.end({ pid, outcome })
      if (!flags.quiet) process.stderr.write(accountsText(end, process.stderr))
    }
    // Never silent: nobody must take an account that cannot be there for one of nothing.
    note(otherRuntimeNote(command) ?? '')
    await telemetry?.finish()
  } finally {
    clearInterval(keeping)
    await metrics?.close()
  }
}

/** The name of the service in OpenTelemetry, where it has no other: that of the account, or of the program's file. */
function nameOf([command = '', ...args]: readonly string[], { task }: ExecFlags): string {
  const file = args.find((argument) => /\.[cm]?[jt]sx?$/.test(argument)) ?? command
  return task ?? process.env.SYGRA_TASK ?? basename(file).replace(/\.[cm]?[jt]sx?$/, '')
}

function environmentFor({ task, outputDir, includeUsage }: ExecFlags, token: RunToken): NodeJS.ProcessEnv {
  const register = new URL('../instrument/register.js', import.meta.url).href
  const environment: NodeJS.ProcessEnv = { ...process.env, [tokenVariable]: JSON.stringify(token) }
  environment.NODE_OPTIONS = [process.env.NODE_OPTIONS, `--import ${register}`].filter(Boolean).join(' ')
  if (includeUsage) environment.SYGRA_INCLUDE_USAGE = '1'
  if (task !== undefined) environment.SYGRA_TASK = task
  if (outputDir !== undefined) environment.SYGRA_OUTPUT_DIR = resolve(outputDir)
  return environment
}

/** Most programs have ended after that time. */
const patienceMs = 75

interface EndedProgram {
  readonly pid: number | undefined
  readonly code: number
  /** The signal that ended it; its parents see 128 and its number as its exit code. */
  readonly signal: NodeJS.Signals | null
}

function runWatched(
  [file = '', ...args]: readonly string[],
  { environment, isQuiet }: { readonly environment: NodeJS.ProcessEnv; readonly isQuiet: boolean },
): Promise<EndedProgram> {
  const child = spawn(file, args, { stdio: 'inherit', env: environment })
  let waiting: NodeJS.Timeout | undefined
  const forward = (signal: NodeJS.Signals) => {
    // A program may take its time to end; who pressed Ctrl-C is not left without an answer.
    if (!isQuiet)
      waiting ??= setTimeout(() => note(`sygra: waiting for the program to end, which was sent ${signal}`), patienceMs)
    // A terminal sends an interrupt to the program itself; it must not get two.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, forward)
  return new Promise<EndedProgram>((done, failed) => {
    child.on('error', (error) => {
      failed(cannotStart(file, error))
    })
    child.on('close', (code, signal) => done({ pid: child.pid, code: code ?? 1, signal }))
  }).finally(() => {
    clearTimeout(waiting)
    for (const signal of signals) process.removeListener(signal, forward)
  })
}

function cannotStart(file: string, error: NodeJS.ErrnoException): SygraError {
  const isFile = existsSync(file)
  const isProgram = /\.[cm]?[jt]sx?$/.test(file)
  const asProgram = `a program is run by node: ${commandLine(['exec', '--', 'node', file])}`
  const why =
    error.code === 'ENOENT'
      ? isFile && isProgram
        ? `it is a file and no command; ${asProgram}`
        : 'there is no such command, neither on the PATH nor as a file here; check how it is written'
      : error.code === 'EACCES'
        ? `it may not be executed${isProgram ? `; ${asProgram}` : ''}`
        : messageOf(error)
  return new SygraError('not_found', `"${file}" cannot be started: ${why}`, { cause: error })
}

const advice: Readonly<Record<string, string>> = {
  bun: 'Bun does not read NODE_OPTIONS: run the program with node, or give its client fetch: trackFetch(fetch) and call saveMetadata() at its end (docs/integrations.md).',
  deno: 'Deno does not read NODE_OPTIONS: run the program with node, or give its client fetch: trackFetch(fetch) and call saveMetadata() at its end (docs/integrations.md).',
  python: 'Python cannot be watched by this package: SyGra for Python keeps the same account of its own runs.',
}

/** What to say of a program that runs on something else than Node, which is not watched; undefined for any other. */
export function otherRuntimeNote([program = '', ...args]: readonly string[]): string | undefined {
  const name =
    runtimeOf(program) ?? (isRunner(program) ? args.map(runtimeOf).find((found) => found !== undefined) : undefined)
  return name === undefined
    ? undefined
    : `sygra: ${name} is not Node, so its calls to models are not seen. ${advice[name]}\n`
}

/** Programs that do no more than start another one. */
function isRunner(program: string): boolean {
  return /^(env|nice|time|timeout|nohup|npx|npm|pnpm|yarn|dotenv)$/.test(basename(program))
}
