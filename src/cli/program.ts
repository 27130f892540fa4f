import { Command, CommanderError } from 'commander'
import { messageOf, SygraError } from '../errors.ts'
import { packageVersion } from '../runtime/environment.ts'
import { firstSteps, withHelp } from './command-help.ts'
import { commands } from './commands.ts'
import { programName } from './terminal/command-line.ts'
import { note, prose } from './terminal/terminal.ts'

// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 stopped at a limit, 4 a gate broke, 5 a model is down, 6 every record failed, 128 + n ended by signal n.
const failed = 1
const wrongUsage = 2

/** Does what the command line asks for; errors are printed, and the exit code says what happened. */
export async function runProgram(given: readonly string[]): Promise<void> {
  // A reader that goes away (`sygra show | head`), or a terminal that is closed, is no fault, and must not end a run that is
  // being paid for.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || error.code === 'EIO') return
      // Whoever waits for it must not take it for done, whatever the command itself comes to.
      process.once('exit', (code) => {
        if (code === 0) process.exitCode = failed
      })
      if (stream === process.stdout) note(`sygra: what was to be printed cannot be written: ${error.message}`)
    })
  }
  const args = normalizeArguments(given)
  if (args.length === 0) {
    process.stdout.write(prose(firstSteps(packageVersion())))
    return
  }
  const foreign = args[0] === 'run' ? foreignOptionIn(given) : undefined
  if (foreign !== undefined) {
    note(`sygra: ${foreign}`)
    process.exitCode = wrongUsage
    return
  }
  try {
    const program = await createProgram(args[0])
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    process.exitCode = report(error, args.includes('--debug') || args.includes('-d'))
  }
}

// Loading every command would make each of them slow to start: the one that is named is loaded alone.
async function createProgram(name: string | undefined): Promise<Command> {
  const program = new Command('sygra')
    .description('Run LLM workflows, and know what every run cost, how fast it was and what failed.')
    .version(packageVersion(), '-v, --version')
    .showHelpAfterError(`(${programName()} --help, or ${programName()} <command> --help, shows what is possible)`)
    .exitOverride()
  const named = name === undefined ? undefined : commands[name]
  const isVersion = name === '--version' || name === '-v'
  const wanted = named !== undefined ? [named] : isVersion ? [] : Object.values(commands)
  for (const load of wanted) program.addCommand(withHelp(unknownFirst((await load()).copyInheritedSettings(program))))
  return program
}

/**
 * Asks for required options after unknown ones were refused, and refuses what is too much with what was probably meant. The
 * parser does it the other way round, so that a misspelt `--tsk` is told as a `--task` that is missing.
 */
function unknownFirst(command: Command): Command {
  const required = command.options.filter(({ mandatory }) => mandatory)
  for (const option of required) option.makeOptionMandatory(false)
  return command.allowExcessArguments().hook('preAction', async () => {
    const known = command.registeredArguments
    const [extra] = known.at(-1)?.variadic ? [] : command.args.slice(known.length)
    const missing = required.find((option) => command.getOptionValue(option.attributeName()) === undefined)
    const isTask = missing?.attributeName() === 'task'
    if (extra !== undefined) {
      const hint = isTask ? `\n(Did you mean --task ${extra}?)` : ''
      command.error(`error: '${command.name()}' does not take "${extra}"${hint}`)
    }
    if (missing === undefined) return
    const hint = isTask ? `\n(${await tasksText()})` : ''
    command.error(`error: required option '${missing.flags}' not specified${hint}`)
  })
}

/** Which tasks could have been named. */
async function tasksText(): Promise<string> {
  const { tasksHere } = await import('../workflow/find-task.ts')
  const names = tasksHere()
  if (names.length === 0) return `There is no task here yet; ${programName()} init makes one`
  return `Tasks here: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`
}

function report(error: unknown, isDebug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : wrongUsage
  note(isDebug ? stackOf(error) : `sygra: ${messageOf(error)}`)
  if (!isDebug && !(error instanceof SygraError)) note('(--debug shows where it happened)')
  return failed
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** The specification's short forms of two letters, which the parser does not know. */
const shortForms: Readonly<Record<string, string>> = {
  '-si': '--start-index',
  '-ci': '--checkpoint-interval',
  '-owt': '--output-with-ts',
  '-rn': '--run-name',
  '-ra': '--run-args',
  '-od': '--output-dir',
  '-dm': '--disable-metadata',
}

/**
 * Arguments as the parser takes them: the specification's short forms and its names with `_` become names with `-`.
 * What follows `--` is not touched.
 */
export function normalizeArguments(args: readonly string[]): string[] {
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  const rest = end < 0 ? [] : args.slice(end)
  return [...options.map(normalizeArgument), ...rest]
}

function normalizeArgument(argument: string): string {
  if (!argument.startsWith('-')) return argument
  const [name = '', ...values] = argument.split('=')
  const long = shortForms[name] ?? (name.startsWith('--') ? name.replaceAll('_', '-') : name)
  return [long, ...values].join('=')
}

/** Options of the Python system's command line that are not there, by their names and short forms, and what to do instead. */
const foreign: readonly (readonly [readonly string[], string])[] = [
  [
    ['--oasst', '-ost'],
    'records are not mapped to the form of OASST here: make them in the form you need by output_config.generator',
  ],
  [
    ['--quality', '-q'],
    "there are no quality metrics of an output here: port SyGra's quality tasks (sygra port …/sygra/internal/data_quality/…) and run them with --source over the output",
  ],
  [['--clear-logs', '-cl'], 'there are no logs to be cleared: leave it out'],
]

/** Says of the first option that only the Python system has what to do instead; undefined where there is none. */
export function foreignOptionIn(args: readonly string[]): string | undefined {
  const end = args.indexOf('--')
  for (const argument of end < 0 ? args : args.slice(0, end)) {
    const [name = ''] = argument.replaceAll('_', '-').split('=')
    const found = foreign.find(([names]) => names.includes(name))
    if (found !== undefined) return `${argument.split('=')[0]}: ${found[1]}`
  }
  return undefined
}
