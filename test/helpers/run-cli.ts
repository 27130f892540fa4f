import { type ChildProcess, fork, spawn } from 'node:child_process'
import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Place {
  readonly directory: string
  readonly environment?: NodeJS.ProcessEnv
}

/** Runs the built command line in a folder, without a terminal; keys and settings of the caller are taken away. */
export function runCli(args: readonly string[], place: Place): Promise<CliResult> {
  return runNode([resolve('dist/cli/main.js'), ...args], place)
}

/** The same for several commands, one after the other in one process, which takes a fraction of the time. */
export async function runCliInTurn(commands: readonly (readonly string[])[], place: Place): Promise<CliResult[]> {
  const program = join(import.meta.dirname, 'cli-in-turn.mjs')
  const { code, stdout, stderr } = await runNode([program, JSON.stringify(commands)], place)
  const lines = stdout.split('\n').filter(Boolean)
  if (code !== 0 || lines.length !== commands.length) throw new Error(`ended with ${code}: ${stderr}${stdout}`)
  return lines.map((line): CliResult => JSON.parse(line))
}

let shared: ChildProcess | undefined
let mainOfShared: string | undefined
let before: Promise<unknown> = Promise.resolve()

/**
 * The same for one command, in a process that stays for those after it: for what is not about the process. It is in nobody's
 * way, and ends with the process of the test file, which others may share. `main` is the file of another command line than the one that was built here.
 */
export function runCliInShared(
  args: readonly string[],
  { directory, environment = {}, main }: Place & { readonly main?: string },
): Promise<CliResult> {
  const answer = before.then(() => {
    // Two copies of the package in one process would share what they keep for the process.
    if (main !== mainOfShared) endShared()
    mainOfShared = main
    shared ??= startShared()
    return askShared(shared, { args, directory: resolve(directory), environment: environmentOf(environment), main })
  })
  before = answer.catch(() => {})
  return answer
}

function startShared(): ChildProcess {
  const child = fork(join(import.meta.dirname, 'cli-in-turn.mjs'), { execArgv: [], stdio: 'ignore' })
  child.unref()
  child.channel?.unref()
  child.once('exit', () => {
    if (shared === child) shared = undefined
  })
  return child
}

async function askShared(
  child: ChildProcess,
  command: Place & { readonly args: readonly string[]; readonly main: string | undefined },
): Promise<CliResult> {
  const result = await new Promise<CliResult>((done, failed) => {
    const hasEnded = (code: number | null, signal: string | null) =>
      failed(new Error(`the process ended with ${code ?? signal} at sygra ${command.args.join(' ')}`))
    child.once('exit', hasEnded)
    child.once('message', (message: CliResult) => {
      child.off('exit', hasEnded)
      done(message)
    })
    child.send(command)
  })
  // A run that was stopped ends its process in a moment.
  if ((result.code ?? 0) > 2 && shared === child) endShared()
  return result
}

function endShared(): void {
  if (shared?.connected) shared.disconnect()
  shared = undefined
}

/** Ends the process at once, whatever it does: where a command does not come to its end. */
export function killShared(): void {
  shared?.kill('SIGKILL')
  shared = undefined
}

/** What a command finds in its environment: nothing of the caller's keys and settings. */
function environmentOf(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(OPENAI|SYGRA|NO_COLOR|FORCE_COLOR|CI)/.test(name),
  )
  return Object.fromEntries([...inherited, ...Object.entries(own)].filter(([, value]) => value !== undefined))
}

function runNode(args: readonly string[], { directory, environment = {} }: Place): Promise<CliResult> {
  const child = spawn(process.execPath, args, {
    cwd: directory,
    env: environmentOf(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk)
  })
  return new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', (code) => done({ code, stdout, stderr }))
  })
}

/** A new folder with an example task under `tasks/examples`, as a user would have it. */
export function projectWithExample(name = 'code_assistant'): string {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-project-'))
  cpSync(join('tasks/examples', name), join(directory, 'tasks/examples', name), {
    recursive: true,
    filter: (path) => !/metadata|output_/.test(path),
  })
  return directory
}
