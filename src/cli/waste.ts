import { Command } from 'commander'
import type { ModelOpen, RequestEnd } from '../metadata/event.ts'
import type { Metadata } from '../metadata/schema.ts'
import type { Usage } from '../metadata/usage.ts'
import { repriceRequest } from '../pricing/reprice/reprice-request.ts'
import { renderSectionsMarkdown } from '../report/text/render-markdown.ts'
import { safeText } from '../report/text/safe-text.ts'
import { type Waste, wasteAdvice, wasteOfFile, wasteSections } from '../report/waste/waste-sections.ts'
import { type WasteAmount, WasteTotals } from '../report/waste/waste-totals.ts'
import { loadPricesFile } from '../runtime/prices-file.ts'
import { findRun } from './files/find-run.ts'
import { ledgerOf, readEvents, readRun } from './files/read-run.ts'
import { note, prose, sectionsText } from './terminal/terminal.ts'
import { asTyped } from './terminal/typed-words.ts'

interface WasteFlags {
  readonly json?: boolean
  readonly markdown?: boolean
}

/** `sygra waste`: what a run spent without getting anything for it, and what to do about it. */
export function wasteCommand(): Command {
  return new Command('waste')
    .description('Show money and time that brought nothing, node by node, and what to do about it.')
    .argument('[run]', 'a metadata or output file, a run id or name, a task or a directory; the latest run if left out')
    .option('--json', 'as JSON')
    .option('--markdown', 'as Markdown, for a pull request')
    .action(async (run: string | undefined, flags: WasteFlags) => {
      const path = await findRun(run, { directory: process.cwd() })
      const metadata = await readRun(path)
      const ledger = ledgerOf(path)
      const waste = ledger === undefined ? undefined : await wasteOfLedger(ledger)
      if (waste === undefined) note(noLedgerNote)
      process.stdout.write(textOf(metadata, waste ?? { run: wasteOfFile(metadata), nodes: new Map() }, flags))
    })
}

const noLedgerNote =
  'sygra: the run has no ledger: nodes, repeated prompts and prefixes that were not cached are not known'

async function wasteOfLedger(ledger: string): Promise<Waste> {
  const prices = await loadPricesFile()
  const opened = new Map<string, ModelOpen>()
  const priceAgain = (request: RequestEnd, usage: Usage) => {
    const model = opened.get(request.model) ?? {}
    // What the provider reported was for the tokens that there were.
    return repriceRequest({ ...request, usage }, model, { prices, atMs: request.startedAtMs })?.picodollars
  }
  const totals = new WasteTotals(priceAgain)
  await readEvents(ledger, (event) => {
    if (event.type === 'model-open' && !opened.has(event.model)) opened.set(event.model, event)
    totals.add(event)
  })
  return { run: totals.ofRun(), nodes: totals.ofNodes() }
}

function textOf(metadata: Metadata, waste: Waste, { json, markdown }: WasteFlags): string {
  if (json) return jsonOf(waste)
  if (waste.run.length === 0) {
    return `${prose(safeText(`No waste in ${metadata.execution.task_name}.`))}\n`
  }
  const sections = wasteSections(metadata, waste)
  if (markdown) return renderSectionsMarkdown(sections, asTyped)
  return sectionsText(sections)
}

function jsonOf({ run, nodes }: Waste): string {
  const withAdvice = (amount: WasteAmount) => ({ ...amount, advice: asTyped(wasteAdvice[amount.kind]) })
  const ofNodes = [...nodes].map(([node, amounts]) => ({ node: node ?? null, waste: amounts }))
  return `${JSON.stringify({ run: run.map(withAdvice), nodes: ofNodes }, null, 2)}\n`
}
