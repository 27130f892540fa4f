import { resolve } from 'node:path'
import { Argument, Command, Option } from 'commander'
import { SygraError } from '../errors.ts'
import type { TableName } from '../exporters/tables/tables.ts'
import { columnsOfTable, tableNames } from '../exporters/tables/tables.ts'
import { formatQuantity } from '../report/text/format-values.ts'
import { safeText } from '../report/text/safe-text.ts'
import { writeAtomic } from '../runtime/files/write-atomic.ts'
import { type TableFormat, tableFormats, writeTableFile, writeTableTo } from './export/export-file.ts'
import { exportOtel } from './export/export-otel.ts'
import { type ExportedRun, rowsOf } from './export/export-rows.ts'
import { findRun } from './files/find-run.ts'
import { findMetadataFiles, newestFirst } from './files/metadata-files.ts'
import { ledgerOf, readFinishedRun } from './files/read-run.ts'
import { metricsText } from './run/metrics-server.ts'
import { usualPlaces } from './terminal/command-line.ts'
import { note } from './terminal/terminal.ts'

interface ExportFlags {
  readonly table: TableName
  readonly output?: string
  readonly all?: boolean
  readonly endpoint?: string
}

const formats = [...tableFormats, 'prometheus', 'otel'] as const

/** `sygra export`: the figures of runs in the form that other tools read. */
export function exportCommand(): Command {
  return new Command('export')
    .description(
      'Write runs as tables for DuckDB, pandas or a spreadsheet, as metrics of Prometheus, or as spans to OpenTelemetry.',
    )
    .addArgument(new Argument('<format>', 'what is written').choices(formats))
    .argument(
      '[run...]',
      'metadata or output files, run ids or names, tasks or directories; the latest run if left out',
    )
    .addOption(
      new Option('--table <name>', 'what a row is: a request (HTTP attempt), a call, …')
        .choices([...tableNames])
        .default('requests'),
    )
    .option('-o, --output <path>', 'where it is written; the standard output by default')
    .option('--all', 'every run of the project: tasks, metadata, output and one folder deep')
    .option(
      '--endpoint <url>',
      'of otel: where the receiver is; OTEL_EXPORTER_OTLP_ENDPOINT, or http://localhost:4318, by default',
    )
    .action(async (format: (typeof formats)[number], references: string[], flags: ExportFlags, command: Command) => {
      checkFlags(
        format,
        Object.keys(flags).filter((name) => command.getOptionValueSource(name) === 'cli'),
      )
      if (format === 'prometheus') return exportMetrics(references, flags)
      if (format === 'otel') return exportOtel(withLedgers(await runsOf(references, flags), flags), flags.endpoint)
      return exportTable(format, references, flags)
    })
}

async function exportTable(format: TableFormat, references: readonly string[], flags: ExportFlags): Promise<void> {
  const { table, output } = flags
  const runs = withLedgers(await runsOf(references, flags), flags)
  const toWrite = { columns: columnsOfTable(table), rows: rowsOf(table, runs, warn) }
  if (output === undefined) {
    if (format === 'parquet') {
      throw new SygraError('bad_argument', 'parquet is no text: name a file for it, -o requests.parquet')
    }
    await writeTableTo(process.stdout, format, toWrite)
    return
  }
  checkOutput(output, runs)
  const count = await writeTableFile(format, toWrite, output)
  note(`${formatQuantity(count, 'row')} of ${formatQuantity(runs.length, 'run')} in ${safeText(output)}`)
}

/** What would have no effect is refused. */
function checkFlags(format: (typeof formats)[number], given: readonly string[]): void {
  const taken = { prometheus: ['output'], otel: ['all', 'endpoint'], table: ['table', 'output', 'all'] }
  const kind = format === 'prometheus' || format === 'otel' ? format : 'table'
  const ineffective = given.find((name) => !taken[kind].includes(name))
  if (ineffective === undefined) return
  throw new SygraError('bad_argument', `--${ineffective} means nothing for ${format}: leave it out`)
}

/** One run: metrics of several would be added up, and nobody could tell. */
async function exportMetrics(references: readonly string[], { output }: ExportFlags): Promise<void> {
  if (references.length > 1) {
    throw new SygraError('bad_argument', 'prometheus takes one run: export them one by one, or as --table runs')
  }
  const path = await findRun(references[0], { directory: process.cwd() })
  const text = metricsText([await readFinishedRun(path)])
  if (output === undefined) process.stdout.write(text)
  else {
    checkOutput(output, [{ metadataPath: path, ledgerPath: ledgerOf(path) }])
    await writeAtomic(resolve(output), text, { isOfRun: false })
  }
}

async function runsOf(references: readonly string[], { all }: ExportFlags): Promise<readonly ExportedRun[]> {
  if (all && references.length > 0) {
    throw new SygraError('bad_argument', '--all means every run: leave it out, or the names of runs')
  }
  const directory = process.cwd()
  const paths = all ? (await newestFirst(await findMetadataFiles(directory, usualPlaces))).reverse() : []
  if (all && paths.length === 0) throw new SygraError('not_found', `no runs in ${directory}`)
  for (const reference of all ? [] : references.length === 0 ? [undefined] : references) {
    paths.push(await findRun(reference, { directory }))
  }
  // Named twice, its rows would count twice.
  return [...new Set(paths)].map((metadataPath) => ({ metadataPath, ledgerPath: ledgerOf(metadataPath) }))
}

/** A run without a ledger has no rows but its own: said before anything is written, or of those that nobody named. */
function withLedgers(runs: readonly ExportedRun[], { table, all }: ExportFlags): readonly ExportedRun[] {
  const without = table === 'runs' ? [] : runs.filter(({ ledgerPath }) => ledgerPath === undefined)
  if (without.length === 0) return runs
  const names = without.map(({ metadataPath }) => safeText(metadataPath)).slice(0, 5)
  const more = without.length > names.length ? ` and ${without.length - names.length} more` : ''
  const text = `${names.join(', ')}${more}: no ledger was kept, so only --table runs can be written`
  if (!all || without.length === runs.length) throw new SygraError('not_found', text)
  warn(`${text}; left out`)
  return runs.filter(({ ledgerPath }) => ledgerPath !== undefined)
}

/** The files of a run are its only account. */
function checkOutput(output: string, runs: readonly ExportedRun[]): void {
  const taken = runs.flatMap(({ metadataPath, ledgerPath }) => [metadataPath, ledgerPath ?? metadataPath])
  if (taken.includes(resolve(output))) {
    throw new SygraError('bad_argument', `${output} is a file of the run itself: write to another one`)
  }
}

function warn(text: string): void {
  note(`sygra: ${text}`)
}
