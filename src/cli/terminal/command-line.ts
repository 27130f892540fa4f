import { basename, relative } from 'node:path'

/** Where runs lie when nobody says where: the project's own folders, not all that is below a home directory. */
export const usualPlaces = [
  'metadata/metadata_*.json',
  'tasks/**/metadata_*.json',
  'output*/**/metadata_*.json',
  '*/metadata/metadata_*.json',
]

const usualPlace = /^(?:metadata|tasks\/.*|output[^/]*(?:\/.*)?|[^/]+\/metadata)\/metadata_[^/]*\.json$/

/** How a program was called. */
export interface Call {
  /** The file that Node runs, `process.argv[1]`. */
  readonly file: string | undefined
  readonly environment: NodeJS.ProcessEnv
}

/**
 * How the user calls this command line: `sygra` where it is installed for all, else by the package manager that started
 * it, which is how a command of the project's own packages is called.
 */
export function programName({ file = '', environment }: Call = ownCall()): string {
  const manager = /^(\w+)\//.exec(environment.npm_config_user_agent ?? '')?.[1]
  const isOfProject = environment.npm_command !== undefined || /node_modules/.test(file) || basename(file) !== 'sygra'
  if (!isOfProject) return 'sygra'
  if (manager === 'pnpm') return 'pnpm exec sygra'
  if (manager === 'yarn') return 'yarn sygra'
  return manager === 'bun' ? 'bunx sygra' : 'npx sygra'
}

function ownCall(): Call {
  return { file: process.argv[1], environment: process.env }
}

/** A call of the command line as one types it. */
export function commandLine(args: readonly string[], program: string = programName()): string {
  return [program, ...args.map(quoted)].join(' ')
}

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`
}

/** How a run is named in a command: by the beginning of its id where it is found by that, else by its file. */
export function runReference({ path, runId }: { readonly path: string; readonly runId: string | undefined }): string {
  const file = relative('.', path)
  return runId !== undefined && runId.length >= 8 && usualPlace.test(file) ? runId.slice(0, 8) : file
}

/** A limit that must be higher for a run to go on, such as `--max-cost`; it may stand in the task alone. */
export interface RaisedLimit {
  readonly option: string
  /** What it is in the task. */
  readonly value?: string
}

/** The command line that takes a run up again, made of the one that started it. */
export function resumeCommandOf(args: readonly string[], { extra = [], raised, program }: ResumeChoice = {}): string {
  const kept: string[] = []
  let limit = raised?.value
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? ''
    const [name = '', ...rest] = argument.split('=')
    if (name === '-r' || name === '--resume') {
      const isFollowed = !argument.includes('=') && args[index + 1] !== undefined && !args[index + 1]?.startsWith('-')
      if (isFollowed) index += 1
    } else if (raised !== undefined && name.replaceAll('_', '-') === raised.option) {
      limit = argument.includes('=') ? rest.join('=') : args[index + 1]
      if (!argument.includes('=')) index += 1
    } else if (name !== '--retry-failed' && name !== '--force') kept.push(argument)
  }
  const higher = raised === undefined || limit === undefined ? [] : [raised.option, doubled(limit)]
  return commandLine([...kept, ...higher, '--resume', ...extra], program)
}

interface ResumeChoice {
  readonly extra?: readonly string[]
  readonly raised?: RaisedLimit
  readonly program?: string
}

/** Twice a limit, in its own unit: `3`, `5%`, `30min`. */
function doubled(limit: string): string {
  const [, amount = '', unit = ''] = /^([\d.]+)(.*)$/.exec(limit) ?? []
  if (Number(amount) === 0) return `1${unit}`
  return amount === '' ? limit : `${Number((Number(amount) * 2).toPrecision(12))}${unit}`
}
