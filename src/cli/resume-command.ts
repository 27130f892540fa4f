/** What the user is to put in place of a limit that was reached. */
const moreThanBefore = 'MORE'

/**
 * The command line that takes a run up again, made of the one that started it.
 *
 * @param raised a limit that must be higher for the run to go on, such as `--max-cost`; it may stand in the task alone.
 */
export function resumeCommandOf(args: readonly string[], extra: readonly string[] = [], raised?: string): string {
  const kept: string[] = []
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? ''
    const name = argument.split('=')[0] ?? ''
    if (name === '-r' || name === '--resume') {
      const isFollowed = !argument.includes('=') && args[index + 1] !== undefined && !args[index + 1]?.startsWith('-')
      if (isFollowed) index += 1
    } else if (raised !== undefined && name.replaceAll('_', '-') === raised) {
      if (!argument.includes('=')) index += 1
    } else if (name !== '--retry-failed' && name !== '--force') kept.push(argument)
  }
  const limit = raised === undefined ? [] : [`${raised}=${moreThanBefore}`]
  return commandLine([...kept, ...limit, '--resume', 'True', ...extra])
}

/** A call of the command line as one types it. */
export function commandLine(args: readonly string[]): string {
  return ['sygra', ...args].map(quoted).join(' ')
}

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`
}
