import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { SygraError } from '../errors.ts'
import { exactUsd } from '../metadata/cost.ts'
import type { Metadata } from '../metadata/schema.ts'
import { summarize } from '../metadata/summary.ts'
import { isoTimestamp } from '../metadata/timestamp.ts'
import { type RepricedFile, repriceFile } from '../pricing/reprice/reprice-file.ts'
import { RepricedTotals } from '../pricing/reprice/reprice-fold.ts'
import { repriceModel } from '../pricing/reprice/reprice-model.ts'
import type { PriceChanges } from '../pricing/reprice/reprice-request.ts'
import type { RepricedRow } from '../report/runs/reprice-sections.ts'
import {
  amountOfModel,
  amountOfRun,
  chargedLineOf,
  repriceSection,
  rowsOfModel,
} from '../report/runs/reprice-sections.ts'
import { formatQuantity } from '../report/text/format-values.ts'
import { nowMs, utcOffsetMinutes } from '../runtime/clock.ts'
import { formatMetadata } from '../runtime/collector/metadata-collector.ts'
import { ledgerPathOf, someExist } from '../runtime/files/run-names.ts'
import { writeAtomic } from '../runtime/files/write-atomic.ts'
import { loadPricesFile, readPricesFile } from '../runtime/prices-file.ts'
import { findRun } from './files/find-run.ts'
import { readEvents, readRun } from './files/read-run.ts'
import { parseMoment } from './terminal/option-values.ts'
import { sectionsText } from './terminal/terminal.ts'

interface RepriceFlags {
  readonly at?: number
  readonly prices?: string
  readonly model: ReadonlyMap<string, string>
  readonly tier?: string
  readonly write?: boolean
  readonly json?: boolean
}

/** `sygra reprice`: what a run costs at other prices. */
export function repriceCommand(): Command {
  return new Command('reprice')
    .description('Work out what a run costs at other prices, and show the difference line by line.')
    .argument('[run]', 'a metadata or output file, a run id or name, a task or a directory; the latest run if left out')
    .option('--at <date>', 'prices of this day instead of those of each request', parseMoment)
    .option('--prices <file>', "a prices file; by default the project's prices.yaml or SYGRA_PRICES")
    .option('--model <a=b>', 'price model a as model b; repeatable', addModel, new Map<string, string>())
    .option('--tier <name>', 'price all requests in this service tier, such as batch')
    .option('--write', 'save the result as a new file beside the original, which is never changed')
    .option('--json', 'as JSON')
    .action(async (run: string | undefined, flags: RepriceFlags) => {
      const { at: atMs, model: models, tier } = flags
      const prices = await (flags.prices === undefined ? loadPricesFile() : readPricesFile(flags.prices))
      const path = await findRun(run, { directory: process.cwd() })
      const repriced = await repriceRun(path, { atMs, models, tier, prices })
      const writtenPath = flags.write ? await writeRepriced(repriced) : undefined
      process.stdout.write(flags.json ? jsonOf(repriced, writtenPath) : textOf(repriced))
      if (writtenPath !== undefined && !flags.json) process.stdout.write(writtenText(repriced, writtenPath))
    })
}

function addModel(text: string, models: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const [from, to, ...others] = text.split('=')
  if (!from || !to || others.length > 0) throw new InvalidArgumentError('expected <model>=<model it is priced as>.')
  return new Map([...models, [from, to]])
}

function textOf({ rows, notes }: RepricedRun): string {
  const section = repriceSection(rows, notes)
  if (section === undefined) return 'The run called no models.\n'
  return sectionsText([section])
}

function writtenText({ whole }: RepricedRun, writtenPath: string): string {
  const leftOut = whole.type === 'metadata' ? whole.leftOut : []
  const note = leftOut.length === 0 ? '' : `Left out, because only the ledger tells it: ${leftOut.join(', ')}\n`
  return `\nWritten: ${writtenPath}\n${note}`
}

function jsonOf({ path, source, whole, rows, notes }: RepricedRun, writtenPath: string | undefined): string {
  const left_out = writtenPath === undefined || whole.type === 'unknown' ? undefined : whole.leftOut
  return `${JSON.stringify({ path, source, rows, notes, written: writtenPath, left_out }, null, 2)}\n`
}

/** A run at other prices. */
export interface RepricedRun {
  readonly path: string
  readonly original: Metadata
  readonly changes: PriceChanges
  /** What it was worked out from. */
  readonly source: 'ledger' | 'file'
  /** The whole run at other prices, or why its file alone does not suffice. */
  readonly whole: RepricedFile
  readonly rows: readonly RepricedRow[]
  readonly notes: readonly string[]
}

/** Prices a run again: from its ledger where there is one, else from the receipts in its file. */
export async function repriceRun(path: string, changes: PriceChanges): Promise<RepricedRun> {
  const original = await readRun(path)
  for (const name of changes.models?.keys() ?? []) checkModel(name, original)
  const ledger = ledgerPathOf(path)
  if (ledger !== path && existsSync(ledger)) return fromLedger({ path, ledger, original, changes })
  return fromFile(path, original, changes)
}

function checkModel(name: string, { models }: Metadata): void {
  const known = Object.entries(models).flatMap(([alias, { upstream_model }]) => [alias, upstream_model ?? alias])
  if (known.includes(name)) return
  throw new SygraError(
    'not_found',
    `--model: the run called no model "${name}" (it called ${[...new Set(known)].join(', ') || 'none'})`,
  )
}

async function fromLedger(run: {
  readonly path: string
  readonly ledger: string
  readonly original: Metadata
  readonly changes: PriceChanges
}): Promise<RepricedRun> {
  const { path, ledger, original, changes } = run
  const fold = new RepricedTotals(changes)
  const { damagedLines, missingEntries } = await readEvents(ledger, (event) => fold.add(event))
  const atMs = nowMs()
  const repriced = summarize(fold.totals, { generatedAtMs: atMs, utcOffsetMinutes: utcOffsetMinutes(atMs) })
  const names = [...new Set([...Object.keys(original.models), ...Object.keys(repriced.models)])]
  const total = rowOfTotal(original, amountOfRun(repriced))
  const rows = names.flatMap((name) => rowsOfModel(name, original.models[name], amountOfModel(repriced.models[name])))
  const lost = damagedLines + missingEntries
  const notes = [
    `From the ledger ${ledger}.`,
    ...notesOf(changes),
    ...(lost > 0 ? [`${formatQuantity(lost, 'event')} of it cannot be read: requests may be missing.`] : []),
  ]
  const whole = { type: 'metadata', metadata: repriced, leftOut: [] } as const
  return { path, original, changes, source: 'ledger', whole, rows: [...rows, total], notes }
}

function fromFile(path: string, original: Metadata, changes: PriceChanges): RepricedRun {
  const startedAtMs = Date.parse(original.execution.timing.start_time ?? '')
  const repriced = Object.entries(original.models).map(([name, model]) => ({
    name,
    model,
    cost: repriceModel(name, model, { startedAtMs: Number.isNaN(startedAtMs) ? nowMs() : startedAtMs, changes }),
  }))
  const rows = repriced.flatMap(({ name, model, cost }): readonly RepricedRow[] =>
    cost.type === 'unknown'
      ? [{ model: name, before: amountOfModel(model), after: undefined, reason: cost.reason }]
      : rowsOfModel(name, model, {
          usd: cost.totalUsd,
          status: cost.status,
          lines: cost.lines.map(chargedLineOf),
          reason: cost.reason,
        }),
  )
  const isWhole = repriced.every(({ cost }) => cost.type === 'cost')
  const sum = repriced.reduce((usd, { cost }) => usd + (cost.type === 'cost' ? cost.totalUsd : 0), 0)
  const usd = exactUsd(sum)
  const statuses = repriced.flatMap(({ cost }) => (cost.type === 'cost' ? [cost.status] : []))
  const [first = 'priced'] = statuses
  const status = statuses.every((each) => each === first) ? first : 'partial'
  const total = rowOfTotal(original, isWhole ? { usd, status } : undefined)
  const notes = [
    'From the receipts in the file: the run has no ledger. Models are priced by the names they were asked by.',
    ...notesOf(changes),
  ]
  const atMs = nowMs()
  const costs = new Map(repriced.map(({ name, cost }) => [name, cost]))
  const whole = repriceFile(original, costs, isoTimestamp(atMs, utcOffsetMinutes(atMs)))
  return { path, original, changes, source: 'file', whole, rows: [...rows, total], notes }
}

function rowOfTotal(original: Metadata, after: RepricedRow['after']): RepricedRow {
  const before = amountOfRun(original)
  // What was sent and is in no sum has no price at other prices either.
  return { model: 'all models', before, after: after && { ...after, isOpen: before.isOpen } }
}

/** What is different from the run's own prices, in words. */
function notesOf({ atMs, models, tier, prices }: PriceChanges): string[] {
  const changes = [
    ...(atMs === undefined ? [] : [`at the prices of ${new Date(atMs).toISOString().slice(0, 10)}`]),
    ...[...(models ?? [])].map(([from, to]) => `${from} priced as ${to}`),
    ...(tier === undefined ? [] : [`in tier ${tier}`]),
    ...(prices === undefined ? [] : [`with the prices of ${prices.source}`]),
  ]
  const currency = prices?.currencyNote === undefined ? [] : [`Currency: ${prices.currencyNote}`]
  if (changes.length === 0) return [`At the listed prices of each request's day.`, ...currency]
  return [`Now: ${changes.join(', ')}.`, ...currency]
}

/**
 * Saves a run at other prices beside the original, as `repriced_<task>_<timestamp>_<number>.json`: a metadata file that
 * names the original and what it leaves out. Lists of runs do not take it for a run. Gives its path.
 *
 * @throws SygraError `bad_argument` where there is no ledger and the file alone does not suffice.
 */
export async function writeRepriced({ path, original, changes, source, whole }: RepricedRun): Promise<string> {
  if (whole.type === 'unknown') {
    throw new SygraError(
      'bad_argument',
      `${path}: --write needs the run's ledger here, because its file does not suffice: ${whole.reason}`,
    )
  }
  const { atMs, prices, models, tier } = changes
  const repricedFrom = {
    file: basename(path),
    run_id: original.run_id ?? '',
    total_cost_usd: original.aggregate_statistics.cost.total_cost_usd,
    ...(atMs === undefined ? {} : { at: new Date(atMs).toISOString() }),
    ...(prices === undefined ? {} : { prices: `${prices.source} ${prices.version}` }),
    ...(models === undefined || models.size === 0 ? {} : { models: Object.fromEntries(models) }),
    ...(tier === undefined ? {} : { tier }),
    source,
    ...(whole.leftOut.length === 0 ? {} : { left_out: [...whole.leftOut] }),
  }
  const target = freePath(path)
  await writeAtomic(target, formatMetadata({ ...whole.metadata, repriced_from: repricedFrom }))
  return target
}

function freePath(path: string): string {
  const stem = basename(path, '.json').replace(/^(?:metadata|repriced)_/, '')
  for (let number = 1; ; number += 1) {
    const target = join(dirname(path), `repriced_${stem}_${number}.json`)
    if (!someExist([target])) return target
  }
}
