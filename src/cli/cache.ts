import { resolve } from 'node:path'
import { Command } from 'commander'
import { formatCount, formatQuantity } from '../report/text/format-values.ts'
import { userCacheDirectory } from '../workflow/cache/cache-choice.ts'
import { clearFolder, type FolderFile, listFolder, sizeOf } from '../workflow/cache/folder-size.ts'
import { parseSince } from './option-values.ts'
import { note } from './terminal.ts'

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

async function clear(directory: string, files: readonly FolderFile[], { before, json }: CacheFlags): Promise<void> {
  const chosen = before === undefined ? files : files.filter(({ atMs }) => atMs < before)
  const removed = await clearFolder(chosen)
  if (json) process.stdout.write(`${JSON.stringify({ directory, removed, bytes: sizeOf(chosen) }, null, 2)}\n`)
  else
    process.stdout.write(
      `${formatQuantity(removed, 'answer')} removed from ${directory}, ${bytesText(sizeOf(chosen))}.\n`,
    )
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
    `Answers:  ${formatCount(answers.length)}, ${bytesText(sizeOf(files))}`,
    `Kept:     ${dayOf(oldest)} to ${dayOf(newest)}`,
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

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')
}

function bytesText(bytes: number): string {
  if (bytes < 1e3) return formatQuantity(bytes, 'byte')
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}
