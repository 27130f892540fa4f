import { Command } from 'commander'
import { SygraError } from '../errors.ts'
import type { Metadata } from '../metadata/schema.ts'
import { renderMarkdown, renderRun } from '../report/run/run-sections.ts'
import { didYouMean, oneOf } from '../workflow/config/nearest-name.ts'
import { usesColors } from './colors.ts'
import { findRun } from './find-run.ts'
import { nextSteps } from './next-steps.ts'
import { readFinishedRun } from './read-run.ts'

interface ShowFlags {
  readonly json?: boolean
  readonly markdown?: boolean
  readonly node?: string
  readonly model?: string
}

/** `sygra show`: the tables of a run. */
export function showCommand(): Command {
  return new Command('show')
    .description('Print a run: totals, models, nodes, response codes, latency, waste, receipts.')
    .argument('[run]', 'a metadata or output file, a run id, a task or a directory; the latest run if left out')
    .option('--node <name>', 'this node alone, with everything known of it')
    .option('--model <name>', 'this model alone, with everything known of it')
    .option('--json', 'the metadata itself')
    .option('--markdown', 'as Markdown, for a pull request')
    .action(async (run: string | undefined, flags: ShowFlags) => {
      process.stdout.write(await showRun(run, flags, process.cwd()))
    })
}

async function showRun(run: string | undefined, flags: ShowFlags, directory: string): Promise<string> {
  const path = await findRun(run, { directory })
  const metadata = await readFinishedRun(path)
  const { node, model } = flags
  if (node !== undefined) checkName('node', node, Object.keys(metadata.nodes))
  if (model !== undefined) checkName('model', model, Object.keys(metadata.models))
  if (flags.json) return `${JSON.stringify(selectJson(metadata, flags), null, 2)}\n`
  if (flags.markdown) return renderMarkdown(metadata, { node, model })
  const { columns } = process.stdout
  const tables = renderRun(metadata, { columns, colors: usesColors(process.stdout), node, model })
  const steps = await nextSteps(metadata, path)
  return steps === '' ? tables : `${tables}\n${steps}`
}

function selectJson(metadata: Metadata, { node, model }: ShowFlags): unknown {
  if (node !== undefined && model !== undefined) return { node: metadata.nodes[node], model: metadata.models[model] }
  if (node !== undefined) return metadata.nodes[node]
  return model === undefined ? metadata : metadata.models[model]
}

function checkName(kind: 'node' | 'model', name: string, known: readonly string[]): void {
  if (known.includes(name)) return
  const hint = didYouMean(name, known)
  const list = known.length > 0 ? ` (it has ${oneOf(known)})` : ' (it has none)'
  throw new SygraError('not_found', `the run has no ${kind} "${name}"${hint || list}`)
}
