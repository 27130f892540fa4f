import { stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { SygraError } from '../errors.ts'
import { type RunRow, type RunRowStatus, runRowStatuses } from '../report/runs/run-row.ts'
import {
  costOfRuns,
  filterRuns,
  type RunSortKey,
  runSortKeys,
  runsCostText,
  runsSection,
  sortRuns,
} from '../report/runs/runs-table.ts'
import { formatCount, formatQuantity } from '../report/text/format-values.ts'
import { safeText } from '../report/text/safe-text.ts'
import { findMetadataFiles } from './files/metadata-files.ts'
import { readFinishedRun } from './files/read-run.ts'
import { type RunRows, readRunRows } from './files/read-run-rows.ts'
import { RunIndex, runIndexPath } from './files/run-index.ts'
import { commandLine, usualPlaces } from './terminal/command-line.ts'
import { parseSince, parseWholeNumber } from './terminal/option-values.ts'
import { note, prose, sectionsText } from './terminal/terminal.ts'

interface RunsFlags {
  readonly task?: string
  readonly status?: RunRowStatus
  readonly since?: number
  readonly until?: number
  readonly sort: RunSortKey
  readonly reverse?: boolean
  readonly limit?: number
  readonly json?: boolean
}

/** A screen or two; nobody reads ten thousand lines. */
const defaultLimit = 50

/** `sygra runs`: the runs under a directory, newest first. */
export function runsCommand(): Command {
  return new Command('runs')
    .description('List the runs under a directory, newest first.')
    .argument('[directory]', 'where to look, all the way down; by default tasks, metadata, output and one folder deep')
    .option('--task <text>', 'only tasks whose name has this in it')
    .addOption(new Option('--status <status>', 'only runs of this status').choices(runRowStatuses))
    .option('--since <when>', 'only runs since then: 7d, 24h, 30min, 2026-11-01', (value) => parseSince(value))
    .option('--until <when>', 'only runs that began before then, in the same words', (value) => parseSince(value))
    .addOption(new Option('--sort <column>', 'the column to sort by').choices(runSortKeys).default('started'))
    .option('--reverse', 'the other way round')
    .option(
      '--limit <number>',
      `how many to show, 0 for all (default: ${defaultLimit}; all with --json)`,
      parseWholeNumber(0),
    )
    .option('--json', 'as JSON')
    .action(async (directory: string | undefined, flags: RunsFlags) => {
      const index = new RunIndex(runIndexPath(resolve(directory ?? '.')))
      const { rows, unreadablePaths } = await readFinishedRows(await filesOf(directory), index)
      if (unreadablePaths.length > 0) note(unreadableNote(unreadablePaths))
      const { task, status, since: sinceMs, until: untilMs } = flags
      const largestFirst = sortRuns(filterRuns(rows, { task, status, sinceMs, untilMs }), flags.sort)
      const sorted = flags.reverse ? largestFirst.toReversed() : largestFirst
      process.stdout.write(flags.json ? jsonOf(limited(sorted, flags.limit ?? 0)) : tableOf(sorted, flags))
      if (!flags.json) note(deadNote(sorted))
    })
}

async function filesOf(directory: string | undefined): Promise<string[]> {
  if (directory === undefined) return findMetadataFiles(process.cwd(), usualPlaces)
  const path = resolve(directory)
  const status = await stat(path).catch(() => undefined)
  if (!status?.isDirectory()) throw new SygraError('not_found', `${directory}: no such directory`)
  return findMetadataFiles(path)
}

/** Programs that are gone and could not finish their accounts are finished first. */
async function readFinishedRows(files: readonly string[], index: RunIndex): Promise<RunRows> {
  const found = readRunRows(files, index)
  const dead = found.rows.filter(({ status }) => status === 'dead').map(({ path }) => path)
  for (const path of [...dead, ...found.unreadablePaths]) await readFinishedRun(path).catch(() => {})
  if (dead.length + found.unreadablePaths.length === 0) return found
  return readRunRows(files, index)
}

function tableOf(rows: readonly RunRow[], { limit = defaultLimit }: RunsFlags): string {
  const shown = limited(rows, limit).map((row) => ({ ...row, path: relative('.', row.path) }))
  const section = runsSection(formatQuantity(rows.length, 'run'), shown)
  if (section === undefined) return 'No runs.\n'
  const hidden = rows.length - shown.length
  const more = hidden > 0 ? `\nand ${formatCount(hidden)} more (--limit 0 shows all)\n` : ''
  const table = sectionsText([section])
  const spent = prose(runsCostText(costOfRuns(rows)))
  return `${table}${more}\n${spent}\n`
}

function jsonOf(rows: readonly RunRow[]): string {
  return `${JSON.stringify(rows, null, 2)}\n`
}

function limited(rows: readonly RunRow[], limit: number): readonly RunRow[] {
  return limit === 0 ? rows : rows.slice(0, limit)
}

function deadNote(rows: readonly RunRow[]): string {
  const dead = rows.filter(({ status }) => status === 'dead').length
  if (dead === 0) return ''
  const whose = dead === 1 ? 'its account' : 'their accounts'
  return `\n${formatQuantity(dead, 'dead run')}. Bring ${whose} up to date:\n  ${commandLine(['recover'])}`
}

function unreadableNote(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).map((path) => safeText(relative('.', path)))
  const others = paths.length > shown.length ? ' and others' : ''
  return `sygra: left out ${formatQuantity(paths.length, 'file')} that cannot be read as metadata: ${shown.join(', ')}${others} (why: \`sygra show ${shown[0]}\`)`
}
