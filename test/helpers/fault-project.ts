import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished, TestRunner } from 'vitest'
import { parseMetadata } from '../../src/metadata/parse.ts'
import type { Metadata } from '../../src/metadata/schema.ts'
import type { LedgerEntry } from '../../src/runtime/ledger/ledger-entry.ts'
import { LedgerTail } from '../../src/runtime/ledger/ledger-reader.ts'
import type { SimulatedRequest } from '../../src/simulator/request-log.ts'
import type { SimulatorSettingsInput } from '../../src/simulator/settings.ts'
import { type CliResult, runCliInShared } from './run-cli.ts'

const cli = resolve('dist/cli/main.js')

/** Of tests that run at once, of which nobody knows which one has ended, and of what is no test. */
const made: string[] = []

/** Removes what no test could: for `afterAll` of a file whose tests run at once, or that makes projects outside of them. */
export function removeProjects(): void {
  made.splice(0).forEach(remove)
}

function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true })
}

/** A command that was started, in whichever process. */
export interface StartedCommand {
  /** What it has said; of one in the process that commands share, when it has ended. */
  readonly stderr: () => string
  readonly stdout: () => string
  /** The exit code, or the name of the signal. */
  readonly ended: Promise<number | string>
  readonly hasEnded: () => boolean
}

/** Tells at once whether something that is waited for is over, well or not. */
function overBy(promise: Promise<unknown>): () => boolean {
  let isOver = false
  const end = () => {
    isOver = true
  }
  promise.then(end, end)
  return () => isOver
}

/** A process of the command line that was started. */
export interface Started extends StartedCommand {
  readonly child: ChildProcess
}

/** Starts a command in the process that commands share: where what is tested is not that process. */
export function startInShared(directory: string, args: readonly string[]): StartedCommand {
  let result: CliResult | undefined
  const ended = runCliInShared(args, { directory }).then((found) => {
    result = found
    return found.code ?? 'unknown'
  })
  return { ended, hasEnded: overBy(ended), stderr: () => result?.stderr ?? '', stdout: () => result?.stdout ?? '' }
}

/** Starts the built command line in a folder; by a shell's command, when there is one, which gets it as `"$0" "$@"`. */
export function start(
  directory: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  shell?: string,
): Started {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(OPENAI|SYGRA|NO_COLOR|CI)/.test(name))
  const command = [process.execPath, cli, ...args]
  const [file = '', ...rest] = shell === undefined ? command : ['sh', '-c', shell, ...command]
  const child = spawn(file, rest, {
    cwd: directory,
    env: { ...Object.fromEntries(inherited), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const text = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    text.stdout += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    text.stderr += String(chunk)
  })
  const ended = new Promise<number | string>((done, failed) => {
    child.on('error', failed)
    child.on('close', (code, signal) => done(code ?? signal ?? 'unknown'))
  })
  return { child, stderr: () => text.stderr, stdout: () => text.stdout, ended, hasEnded: overBy(ended) }
}

export interface TaskOptions {
  readonly records: number
  /** The text of a lambda that runs after the model, `(state) => …`. */
  readonly lambda?: string
  /** Leaves the model out. */
  readonly isLambdaOnly?: boolean
}

/** A folder with a task of one model and one lambda, `tasks/echo`; removed when the test has ended, or by `removeProjects`. */
export function projectWithTask(options: TaskOptions): string {
  const { records, lambda = '(state) => ({ length: 1 })', isLambdaOnly = false } = options
  const directory = mkdtempSync(join(tmpdir(), 'sygra-faults-'))
  const current = TestRunner.getCurrentTest()
  if (current === undefined || current.concurrent) made.push(directory)
  else onTestFinished(() => remove(directory))
  const task = join(directory, 'tasks/echo')
  mkdirSync(task, { recursive: true })
  const rows = Array.from({ length: records }, (_, index) => JSON.stringify({ id: `r${index}`, text: `Word ${index}` }))
  writeFileSync(join(task, 'data.jsonl'), `${rows.join('\n')}\n`)
  // Plain JavaScript: nothing has to be translated at each start.
  writeFileSync(join(task, 'task.mjs'), `export const after = ${lambda}\n`)
  writeFileSync(join(task, 'graph_config.yaml'), isLambdaOnly ? lambdaConfig : modelConfig)
  return directory
}

const modelConfig = `data_config:
  id_column: id
  source: { type: disk, file_path: data.jsonl, file_format: jsonl }
graph_config:
  nodes:
    ask:
      node_type: llm
      prompt: [{ user: "Say something about {text}." }]
      output_keys: answer
      model: { name: gpt-4o-mini, parameters: { max_tokens: 60 } }
    after:
      node_type: lambda
      lambda: ./task.mjs#after
  edges:
    - { from: START, to: ask }
    - { from: ask, to: after }
    - { from: after, to: END }
output_config:
  output_map: { id: { from: id }, answer: { from: answer } }
`

const lambdaConfig = `data_config:
  id_column: id
  source: { type: disk, file_path: data.jsonl, file_format: jsonl }
graph_config:
  nodes:
    after: { node_type: lambda, lambda: ./task.mjs#after }
  edges:
    - { from: START, to: after }
    - { from: after, to: END }
`

/** The files of the one run in a folder. */
export function runFiles(output: string) {
  const names = existsSync(output) ? readdirSync(output) : []
  const folder = join(output, 'metadata')
  const inside = existsSync(folder) ? readdirSync(folder) : []
  const find = (list: readonly string[], base: string, pattern: RegExp) => {
    const name = list.find((one) => pattern.test(one))
    return name === undefined ? undefined : join(base, name)
  }
  return {
    ledger: find(inside, folder, /^ledger_[^.]*\.jsonl$/),
    metadata: find(inside, folder, /^metadata_.*\.json$/),
    lock: find(inside, folder, /\.lock$/),
    output: find(names, output, /^output_[^.]*\.json$/),
    part: find(names, output, /\.part\.jsonl$/),
  }
}

export function metadataOf(output: string): Metadata {
  const path = runFiles(output).metadata ?? ''
  return parseMetadata(readFileSync(path, 'utf8'), path)
}

export function idsOf(output: string): string[] {
  const rows: { id: string }[] = JSON.parse(readFileSync(runFiles(output).output ?? '', 'utf8'))
  return rows.map(({ id }) => id)
}

export function ledgerBytes(output: string): number {
  const { ledger } = runFiles(output)
  return ledger === undefined ? 0 : statSync(ledger).size
}

/** What was read of ledgers so far, so that a look takes only what is new. */
const known = new Map<string, { readonly tail: LedgerTail; readonly entries: LedgerEntry[] }>()

/** What stands in the run's own ledger now: cheap enough to be looked at again and again. */
export function entriesNow(output: string): readonly LedgerEntry[] {
  const { ledger } = runFiles(output)
  if (ledger === undefined) return []
  const { tail, entries } = known.get(ledger) ?? { tail: new LedgerTail(ledger), entries: [] }
  known.set(ledger, { tail, entries })
  tail.readSync((entry) => entries.push(entry))
  return entries
}

/** Longer than anything that is waited for takes on a busy machine, and shorter than a test may take. */
const mostWaitMs = 120_000

/**
 * Looks again and again until something is so; false when the first of these processes has ended before.
 *
 * @throws with what the processes have said, when it does not come to that.
 */
export async function until(
  isSo: () => boolean,
  ...[started, ...others]: [StartedCommand, ...StartedCommand[]]
): Promise<boolean> {
  const since = performance.now()
  while (!isSo() && !started.hasEnded()) {
    if (performance.now() - since > mostWaitMs) {
      const said = [started, ...others].map(({ stderr }) => stderr()).join('\n---\n')
      throw new Error(`for ${mostWaitMs / 1000} s it was not so: ${isSo}\n${said}`)
    }
    await new Promise((done) => setTimeout(done, 10))
  }
  return !started.hasEnded()
}

/** A simulator in the process of the test, and what it has served. */
export async function startProvider(settings: SimulatorSettingsInput = {}) {
  const { startSimulator } = await import('../../src/simulator/simulator.ts')
  const served: SimulatedRequest[] = []
  const { url, close } = await startSimulator({ ...settings, onRequest: (request) => served.push(request) })
  return { url, served: (): readonly SimulatedRequest[] => [...served], stop: close }
}
