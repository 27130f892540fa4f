import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** True where a program can be run in a real pseudo-terminal: util-linux's `script` is there. */
export const hasPseudoTerminal = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '',
)

export interface TerminalOptions {
  readonly directory: string
  readonly columns: number
  readonly rows?: number
  readonly environment?: NodeJS.ProcessEnv
  /** Called with all that was written so far, whenever something is; may ask for another size or send keys. */
  readonly onOutput?: (output: string, terminal: RunningTerminal) => void
}

export interface RunningTerminal {
  /** Gives the terminal another width, as dragging its window does. */
  readonly resize: (columns: number) => void
  /** Types into the terminal; `\u0003` is Ctrl-C. */
  readonly type: (keys: string) => void
}

export interface TerminalResult {
  readonly code: number | null
  /** All that the terminal got, escapes included. */
  readonly output: string
}

/**
 * Runs the built command line in a pseudo-terminal of a size; keys and settings of the caller are taken away. Several commands
 * are run in turn, in one process.
 */
export function runInTerminal(
  args: readonly string[] | readonly (readonly string[])[],
  options: TerminalOptions,
): Promise<TerminalResult> {
  const { directory, columns, rows = 24, environment = {}, onOutput } = options
  const scratch = mkdtempSync(join(tmpdir(), 'sygra-terminal-'))
  const ttyFile = join(scratch, 'tty')
  const commands = args.filter((one) => typeof one !== 'string')
  const words = args.filter((one) => typeof one === 'string')
  const program =
    commands.length === 0
      ? [resolve('dist/cli/main.js'), ...words]
      : [join(import.meta.dirname, 'cli-in-turn.mjs'), JSON.stringify(commands)]
  const command = [process.execPath, ...program].map(quoted).join(' ')
  const line = `stty cols ${columns} rows ${rows}; tty > ${quoted(ttyFile)}; exec ${command}`
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(OPENAI|SYGRA|NO_COLOR|FORCE_COLOR|CI|COLUMNS|LINES)/.test(name),
  )
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', line, join(scratch, 'typescript')], {
    cwd: directory,
    env: { ...Object.fromEntries(inherited), TERM: 'xterm-256color', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const terminal: RunningTerminal = {
    resize: (width) => {
      if (existsSync(ttyFile)) spawnSync('stty', ['-F', readFileSync(ttyFile, 'utf8').trim(), 'cols', String(width)])
    },
    type: (keys) => child.stdin.write(keys),
  }
  let output = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (chunk: string) => {
    output += chunk
    onOutput?.(output, terminal)
  })
  return new Promise<TerminalResult>((done, failed) => {
    child.on('error', failed)
    child.on('close', (code) => done({ code, output }))
  }).finally(() => rmSync(scratch, { recursive: true, force: true }))
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
