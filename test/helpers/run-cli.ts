import { spawn } from 'node:child_process'
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

function runNode(args: readonly string[], { directory, environment = {} }: Place): Promise<CliResult> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(OPENAI|SYGRA|NO_COLOR|FORCE_COLOR|CI)/.test(name),
  )
  const child = spawn(process.execPath, args, {
    cwd: directory,
    env: { ...Object.fromEntries(inherited), ...environment },
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
