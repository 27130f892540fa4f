import { expect } from 'vitest'
import type { PriceReference, RequestCost } from '../../src/metadata/cost.ts'
import type { MetadataEvent, RunEnd, RunStart } from '../../src/metadata/event.ts'
import { isMetadataEvent } from '../../src/metadata/events/read-event.ts'
import { RunTotals } from '../../src/metadata/run-totals.ts'
import { type Metadata, metadataSchema } from '../../src/metadata/schema.ts'
import { summarize } from '../../src/metadata/summary.ts'
import type { TokenClass } from '../../src/metadata/usage.ts'
import { Explainer } from '../../src/report/explain/explain.ts'

/**
 * One figure of the metadata file: where it stands, with spaces between the keys, what it has to be, and how that was
 * worked out by hand. The figures here are never taken from what the program wrote: where they differ, one of the two
 * is wrong.
 */
export type Row = readonly [path: string, truth: unknown, how: string]

const clock = { generatedAtMs: Date.UTC(2026, 10, 24), utcOffsetMinutes: 0 }

/**
 * The file of a history has these figures: folded in one piece, in two pieces wherever it is cut, and explained from the
 * events.
 */
export function expectAccount(history: readonly MetadataEvent[], rows: readonly Row[]): void {
  const events = history.map(asInLedger)
  const file = fileOf(foldOf(events))
  const found = tableOf(file, rows)
  expect(found).toEqual(rows)
  for (const cut of events.keys()) {
    const totals = foldOf(events.slice(0, cut))
    totals.merge(foldOf(events.slice(cut)))
    expect(tableOf(fileOf(totals), rows), `cut in front of event ${cut}`).toEqual(rows)
  }
  const paths = rows.flatMap(([path, truth]) => (typeof truth === 'number' ? [path.split(' ')] : []))
  const explainer = new Explainer(file, paths)
  for (const [index, event] of events.entries()) explainer.add(event, { lineNumber: index + 1, atMs: 0 })
  const wrong = explainer.explanations().filter(({ agrees }) => !agrees)
  expect(wrong.map(({ path, formula, result }) => `${path.join(' ')}: ${formula} = ${result}`)).toEqual([])
}

function asInLedger(event: MetadataEvent): MetadataEvent {
  const read: unknown = JSON.parse(JSON.stringify(event))
  if (typeof read !== 'object' || read === null || !isMetadataEvent(read)) throw new Error('no event of a ledger')
  return read
}

function foldOf(events: readonly MetadataEvent[]): RunTotals {
  const totals = new RunTotals()
  for (const event of events) totals.add(event)
  return totals
}

function fileOf(totals: RunTotals): Metadata {
  return metadataSchema.parse(summarize(totals, clock))
}

function tableOf(file: Metadata, rows: readonly Row[]): Row[] {
  return rows.map(([path, , how]) => [path, valueAt(file, path.split(' ')), how])
}

function valueAt(whole: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    whole,
  )
}

/** The eight statistics of a block, in the order of the file. */
export function statisticsRows(
  block: string,
  values: Readonly<
    Record<'min' | 'max' | 'mean' | 'median' | 'std_dev' | 'p50' | 'p95' | 'p99', readonly [number, string]>
  >,
): Row[] {
  return Object.entries(values).map(([key, [truth, how]]) => [`${block} ${key}`, truth, how])
}

export function runStart(fields: Partial<RunStart> = {}): RunStart {
  return {
    type: 'run-start',
    runId: 'run-1',
    session: 0,
    startedAtMs: Date.UTC(2026, 10, 23, 10),
    utcOffsetMinutes: 0,
    context: { taskName: 'truth' },
    environment: { nodeVersion: '24.0.0', sygraVersion: '1.0.0' },
    git: {},
    ...fields,
  }
}

export function runEnd(durationSeconds: number, fields: Partial<RunEnd> = {}): RunEnd {
  return {
    type: 'run-end',
    session: 0,
    status: 'complete',
    endedAtMs: Date.UTC(2026, 10, 23, 10) + durationSeconds * 1000,
    durationSeconds,
    ...fields,
  }
}

export function price(product: string, fields: Partial<PriceReference> = {}): PriceReference {
  return {
    source: 'prices.yaml',
    version: '1',
    provider: 'somebody',
    product,
    tier: 'standard',
    date: '2026-11-23',
    ...fields,
  }
}

/** Tokens of a class at a price, and what they come to in USD. */
type Line = readonly [tokenClass: TokenClass, tokens: number, usdPerMillion: number, usd: number]

/** A cost with its lines, all amounts as the history states them. */
export function cost(
  product: string,
  usd: number,
  lines: readonly Line[],
  rest: Partial<RequestCost> = {},
): RequestCost {
  return {
    status: 'priced',
    picodollars: picodollars(usd),
    price: price(product),
    lines: lines.map(([tokenClass, tokens, usdPerMillion, amount]) => ({
      tokenClass,
      tokens,
      usdPerMillion,
      picodollars: picodollars(amount),
    })),
    ...rest,
  }
}

export function picodollars(usd: number): number {
  return Math.round(usd * 1_000_000_000_000)
}
