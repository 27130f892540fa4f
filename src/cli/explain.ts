import { relative } from 'node:path'
import { Command } from 'commander'
import type { Metadata } from '../metadata/schema.ts'
import { Explainer, type Explanation } from '../report/explain/explain.ts'
import { explanationSections } from '../report/explain/explanation-sections.ts'
import { resolveFigure } from '../report/explain/figure-path.ts'
import { renderSectionsMarkdown } from '../report/text/render-markdown.ts'
import { findRun } from './files/find-run.ts'
import { ledgerOf, readEvents, readRun } from './files/read-run.ts'
import { parseWholeNumber } from './terminal/option-values.ts'
import { sectionsText } from './terminal/terminal.ts'
import { asTyped } from './terminal/typed-words.ts'

interface ExplainFlags {
  readonly lines: number
  readonly json?: boolean
  readonly markdown?: boolean
}

/** `sygra explain`: why a figure of a run is what it is. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('Say of a figure what it means, how it comes about, and which lines of the ledger it rests on.')
    .usage('[options] [run] <figure>')
    .argument(
      '<run>',
      'a metadata or output file, a run id or name, a task or a directory; the latest run when it is left out',
    )
    .argument('[figure]', 'such as total_cost, nodes.critic.latency.p95 or models.gpt-4o-mini.cost.total_cost_usd')
    .option('--lines <number>', 'how many lines of the ledger to show, 0 for all', parseWholeNumber(0), 10)
    .option('--json', 'as JSON')
    .option('--markdown', 'as Markdown, for a pull request')
    .action(async (first: string, second: string | undefined, flags: ExplainFlags) => {
      const [run, figure] = second === undefined ? [undefined, first] : [first, second]
      const path = await findRun(run, { directory: process.cwd() })
      const metadata = await readRun(path)
      const ledger = ledgerOf(path)
      const mostLines = flags.lines === 0 ? Number.POSITIVE_INFINITY : flags.lines
      const explanation = await explainFigure(metadata, { figure, ledger, mostLines })
      process.stdout.write(textOf(explanation, ledger && relative('.', ledger), flags))
    })
}

/** Explains a figure of a run, with the lines of its ledger where there is one. */
export async function explainFigure(
  metadata: Metadata,
  {
    figure,
    ledger,
    mostLines,
  }: { readonly figure: string; readonly ledger: string | undefined; readonly mostLines: number },
): Promise<Explanation> {
  const explainer = new Explainer(metadata, [resolveFigure(metadata, figure)], { mostLines })
  if (ledger !== undefined) {
    const report = await readEvents(ledger, (event, place) => explainer.add(event, place))
    explainer.endLedger(report)
  }
  const [explanation] = explainer.explanations()
  if (explanation === undefined) throw new Error('one figure was asked for')
  return explanation
}

function textOf(explanation: Explanation, ledger: string | undefined, { json, markdown }: ExplainFlags): string {
  if (json) return `${JSON.stringify({ ...explanation, path: explanation.path.join('.'), ledger }, null, 2)}\n`
  const sections = explanationSections(explanation, ledger)
  if (markdown) return renderSectionsMarkdown(sections, asTyped)
  return sectionsText(sections)
}
