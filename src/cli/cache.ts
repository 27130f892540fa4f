import { resolve } from 'node:path'
import { Command } from 'commander'
import { SygraError } from '../errors.ts'
import { isoTimestamp } from '../metadata/timestamp.ts'
import { formatBytes, formatCount, formatQuantity, formatShortDateTime } from '../report/text/format-values.ts'
import { utcOffsetMinutes } from '../runtime/clock.ts'
import { userCacheDirectory } from '../workflow/cache/cache-choice.ts'
import { clearFolder, type FolderFile, listFolder, sizeOf } from '../workflow/cache/folder-size.ts'
import { parseSince } from './terminal/option-values.ts'
import { note } from './terminal/terminal.ts'

interface CacheFlags {
  readonly clear?: boolean
  readonly before?: number
  readonly path?: boolean
  readonly json?: boolean
}

/** `sygra cache`: the answers that runs with `--cache` have kept. */
export function cacheCommand(): Command {
  return new Command('cache')
    .description('Say where answers are kept that runs with --cache may use again, and how many; or remove them.')
    .argument('[folder]', 'the folder that --cache was given; the folder of the user by default')
    .option('--clear', 'remove them')
    .option('--before <time>', 'with --clear: only what was kept before 7d, 24h ago, or a date', (value) =>
      parseSince(value),
    )
    .option('--path', 'print the folder alone')
    .option('--json', 'as JSON')
    .action(async (folder: string | undefined, flags: CacheFlags) => {
      checkFlags(flags)
      const directory = folder === undefined ? userCacheDirectory() : resolve(folder)
      if (flags.path) {
        process.stdout.write(`${directory}\n`)
        return
      }
      const files = await listFolder(directory)
      if (flags.clear) await clear(directory, files, flags)
      else process.stdout.write(flags.json ? jsonOf(directory, files) : textOf(directory, files))
    })
}

function checkFlags({ clear, before, path }: CacheFlags): void {
  if (path && clear) {
    throw new SygraError('bad_argument', '--path prints the folder and --clear empties it: leave one of them out')
  }
  if (before !== undefined && !clear) {
    throw new SygraError('bad_argument', '--before says which answers are removed: it goes with --clear')
  }
}

async function clear(directory: string, files: readonly FolderFile[], { before, json }: CacheFlags): Promise<void> {
  const chosen = before === undefined ? files : files.filter(({ atMs }) => atMs < before)
  const { removed, problem } = await clearFolder(chosen)
  const answers = removed.filter(({ isAnswer }) => isAnswer).length
  const bytes = sizeOf(removed)
  process.stdout.write(
    json
      ? `${JSON.stringify({ directory, removed: answers, bytes }, null, 2)}\n`
      : `${formatQuantity(answers, 'answer')} removed from ${directory}, ${formatBytes(bytes)}.\n`,
  )
  if (problem === undefined) return
  const left = formatQuantity(chosen.length - removed.length, 'file')
  throw new SygraError('not_writable', `${left} of ${directory} could not be removed: ${problem}`)
}

function textOf(directory: string, files: readonly FolderFile[]): string {
  const answers = files.filter(({ isAnswer }) => isAnswer)
  if (answers.length === 0) {
    note('A run with --cache keeps its answers.')
    return `No answers are kept in ${directory}.\n`
  }
  const [oldest, newest] = agesOf(answers)
  return [
    `Folder:   ${directory}`,
    `Answers:  ${formatCount(answers.length)}, ${formatBytes(sizeOf(files))}`,
    `Kept:     ${timeOf(oldest)} to ${timeOf(newest)}`,
    '',
  ].join('\n')
}

function jsonOf(directory: string, files: readonly FolderFile[]): string {
  const answers = files.filter(({ isAnswer }) => isAnswer)
  const [oldest, newest] = agesOf(answers)
  const days = answers.length === 0 ? {} : { oldest: new Date(oldest), newest: new Date(newest) }
  return `${JSON.stringify({ directory, answers: answers.length, bytes: sizeOf(files), ...days }, null, 2)}\n`
}

function agesOf(files: readonly FolderFile[]): readonly [oldest: number, newest: number] {
  let [oldest, newest] = [Number.POSITIVE_INFINITY, 0]
  for (const { atMs } of files) [oldest, newest] = [Math.min(oldest, atMs), Math.max(newest, atMs)]
  return [oldest, newest]
}

function timeOf(atMs: number): string {
  return formatShortDateTime(isoTimestamp(atMs, utcOffsetMinutes(atMs)))
}
