import { existsSync } from 'node:fs'
import { SygraError } from '../errors.ts'
import { exactUsd } from '../metadata/cost.ts'
import type { Metadata } from '../metadata/schema.ts'
import { summarize } from '../metadata/summary.ts'
import { isoTimestamp } from '../metadata/timestamp.ts'
import { type RepricedFile, repriceFile } from '../pricing/reprice-file.ts'
import { RepricedTotals } from '../pricing/reprice-fold.ts'
import { repriceModel } from '../pricing/reprice-model.ts'
import type { PriceChanges } from '../pricing/reprice-request.ts'
import { formatQuantity } from '../report/format-numbers.ts'
import { amountOfModel, amountOfRun, rowsOfModel } from '../report/reprice-rows.ts'
import type { RepricedRow } from '../report/reprice-sections.ts'
import { nowMs, utcOffsetMinutes } from '../runtime/clock.ts'
import { readLedger } from '../runtime/ledger-reader.ts'
import { ledgerPathOf } from '../runtime/run-files.ts'
import { readRun } from './read-run.ts'

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
  const { damagedLines, missingEntries } = await readLedger(ledger, (entry) => {
    if (entry.type !== 'run-plan' && entry.type !== 'row-write') fold.add(entry)
  })
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
      : rowsOfModel(name, model, { usd: cost.totalUsd, status: cost.status, lines: cost.lines, reason: cost.reason }),
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
  return { model: 'all models', before: amountOfRun(original), after }
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
