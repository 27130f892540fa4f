import { Command } from 'commander'
import { SygraError } from '../errors.ts'
import { isWhole } from '../metadata/cost.ts'
import type { Metadata } from '../metadata/schema.ts'
import { describePrice, type PriceBook, type PriceDescription } from '../pricing/index.ts'
import { priceSections } from '../report/estimate/price-sections.ts'
import { receiptSections, receiptSumSection } from '../report/run/receipt-sections.ts'
import { modelsSection } from '../report/run/run-tables.ts'
import { loadPricesFile, readPricesFile } from '../runtime/prices-file.ts'
import { findRun } from './files/find-run.ts'
import { readRun } from './files/read-run.ts'
import { parseMoment } from './terminal/option-values.ts'
import { sectionsText } from './terminal/terminal.ts'

interface PricesFlags {
  readonly provider?: string
  readonly at?: number
  readonly url?: string
  readonly tier?: string
  readonly prices?: string
  readonly check?: string | true
  readonly json?: boolean
}

/** `sygra prices`: the price of a model, or the receipts of a run. */
export function pricesCommand(): Command {
  return new Command('prices')
    .description('Print the price of a model, where it comes from, and why if there is none; or the receipts of a run.')
    .argument('[model]', 'the model, in any usual spelling: gpt-4o, azure/gpt-4o, us.anthropic.…-v1:0')
    .option('--provider <name>', 'who serves it: openai, azure, aws, anthropic, google, vllm, …')
    .option('--at <date>', 'the price of this day; by default that of the price table', parseMoment)
    .option('--url <url>', 'the address it is called at')
    .option('--tier <name>', 'a service tier: batch, flex, priority, …')
    .option('--prices <file>', "a prices file; by default the project's prices.yaml or SYGRA_PRICES")
    .option('--check [run]', 'the models of a run with their receipts, and why a price is missing')
    .option('--json', 'as JSON')
    .action(async (model: string | undefined, flags: PricesFlags) => {
      const prices = await (flags.prices === undefined ? loadPricesFile() : readPricesFile(flags.prices))
      process.stdout.write(await textOf(model, flags, prices))
    })
}

async function textOf(model: string | undefined, flags: PricesFlags, prices: PriceBook | undefined): Promise<string> {
  if (flags.check !== undefined) {
    const reference = flags.check === true ? undefined : flags.check
    return checkText(await readRun(await findRun(reference, { directory: process.cwd() })), flags, prices)
  }
  if (model === undefined) {
    throw new SygraError('bad_argument', 'name a model, such as gpt-4o-mini, or a run: `sygra prices --check RUN`')
  }
  const { provider, at, url, tier, json } = flags
  const description = describePrice({ model, provider, at, url, serviceTier: tier, prices })
  // A script must not take a missing price for one.
  if (description.status === 'unpriced') process.exitCode = 1
  if (json) return `${JSON.stringify(description, null, 2)}\n`
  return sectionsText(priceSections(description))
}

function checkText(metadata: Metadata, flags: PricesFlags, prices: PriceBook | undefined): string {
  const checked = Object.entries(metadata.models).map(([name, model]) => ({
    name,
    model,
    price: priceNow({ name, model, startTime: metadata.execution.timing.start_time }, flags, prices),
  }))
  if (flags.json) {
    const rows = checked.map(({ name, model: { cost }, price }) => ({ model: name, cost, price }))
    return `${JSON.stringify(rows, null, 2)}\n`
  }
  const models = modelsSection(metadata)
  const sum = receiptSumSection(metadata)
  const missing = checked.filter(({ model: { cost } }) => !isWhole(cost))
  const sections = [
    ...(models === undefined ? [] : [models]),
    ...receiptSections(metadata.models),
    ...(sum === undefined ? [] : [sum]),
    ...missing.flatMap(({ price }) => priceSections(price)),
  ]
  if (sections.length === 0) return 'The run called no models.\n'
  return sectionsText(sections)
}

function priceNow(
  run: { readonly name: string; readonly model: Metadata['models'][string]; readonly startTime: string | null },
  { at, provider, url, tier }: PricesFlags,
  prices: PriceBook | undefined,
): PriceDescription {
  const { name, model, startTime } = run
  const startedAtMs = startTime === null ? Number.NaN : Date.parse(startTime)
  return describePrice({
    model: model.upstream_model ?? name,
    alias: name,
    provider: provider ?? model.provider ?? undefined,
    modelType: model.model_type ?? undefined,
    url: url ?? [model.model_url ?? []].flat()[0],
    serviceTier: tier,
    at: at ?? (Number.isFinite(startedAtMs) ? startedAtMs : undefined),
    prices,
  })
}
