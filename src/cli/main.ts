#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { messageOf, SygraError } from '../errors.ts'
import { packageVersion } from '../runtime/package-version.ts'
import { normalizeArguments } from './arguments.ts'
import { commands } from './commands.ts'

// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 stopped at a limit, 4 a gate broke, 5 a model is down, 128 + n ended by signal n.
const failed = 1
const wrongUsage = 2

const args = normalizeArguments(process.argv.slice(2))
const isDebug = args.includes('--debug') || args.includes('-d')

// A reader that goes away (`sygra show | head`) is no fault, and must not end a run that is being paid for.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

try {
  const program = await createProgram(args[0])
  await program.parseAsync(args, { from: 'user' })
} catch (error) {
  process.exitCode = report(error)
}

// Loading every command would make each of them slow to start: the one that is named is loaded alone.
async function createProgram(name: string | undefined): Promise<Command> {
  const program = new Command('sygra')
    .description('Run LLM workflows, and know what every run cost, how fast it was and what failed.')
    .version(packageVersion(), '-v, --version')
    .showHelpAfterError('(sygra --help, or sygra <command> --help, shows what is possible)')
    .exitOverride()
  const named = name === undefined ? undefined : commands[name]
  const wanted = named === undefined ? Object.values(commands) : [named]
  for (const load of wanted) program.addCommand((await load()).copyInheritedSettings(program))
  return program
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : wrongUsage
  process.stderr.write(`${isDebug ? stackOf(error) : `sygra: ${messageOf(error)}`}\n`)
  if (!isDebug && !(error instanceof SygraError)) process.stderr.write('(--debug shows where it happened)\n')
  return failed
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
