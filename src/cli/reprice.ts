import { Command, InvalidArgumentError } from 'commander'
import { renderSections } from '../report/render-sections.ts'
import { repriceSection } from '../report/reprice-sections.ts'
import { loadPricesFile, readPricesFile } from '../runtime/prices-file.ts'
import { usesColors } from './colors.ts'
import { parseMoment } from './date-option.ts'
import { findRun } from './find-run.ts'
import { type RepricedRun, repriceRun } from './reprice-run.ts'
import { writeRepriced } from './write-repriced.ts'

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
    .argument('[run]', 'a metadata or output file, a run id, a task or a directory; the latest run if left out')
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
  return renderSections([section], { columns: process.stdout.columns, colors: usesColors(process.stdout) })
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
