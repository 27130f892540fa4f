import { Command } from 'commander'
import { SygraError } from '../errors.ts'
import type { Metadata } from '../metadata/schema.ts'
import { type RunPart, renderMarkdown, renderRun } from '../report/run/run-sections.ts'
import { didYouMean, oneOf } from '../workflow/config/nearest-name.ts'
import { findRun } from './files/find-run.ts'
import { previousRun } from './files/previous-run.ts'
import { readFinishedRun } from './files/read-run.ts'
import { nextSteps } from './terminal/next-steps.ts'
import { renderOptions } from './terminal/terminal.ts'

interface ShowFlags {
  readonly json?: boolean
  readonly markdown?: boolean
  readonly node?: string
  readonly model?: string
  readonly agent?: string
  readonly tool?: string
  readonly latency?: boolean
  readonly waste?: boolean
  readonly receipts?: boolean
  readonly all?: boolean
}

/** `sygra show`: the tables of a run. */
export function showCommand(): Command {
  return new Command('show')
    .description('Print a run: totals, models, nodes, agents, tools, response codes, errors; more by an option.')
    .argument('[run]', 'a metadata or output file, a run id or name, a task or a directory; the latest run if left out')
    .optionsGroup('One alone:')
    .option('--node <name>', 'this node alone, with everything known of it')
    .option('--model <name>', 'this model alone, with everything known of it')
    .option('--agent <name>', 'this agent alone, with everything known of it')
    .option('--tool <name>', 'this tool alone, with everything known of it')
    .optionsGroup('More of it:')
    .option('--latency', 'how latency is distributed, and the slowest records')
    .option('--waste', 'what brought nothing, and the most expensive records')
    .option('--receipts', 'how the cost of each model comes about')
    .option('--all', 'everything')
    .optionsGroup('How it is printed:')
    .option('--json', 'the metadata itself')
    .option('--markdown', 'as Markdown, for a pull request')
    .action(async (run: string | undefined, flags: ShowFlags) => {
      process.stdout.write(await showRun(run, flags, process.cwd()))
    })
}

async function showRun(run: string | undefined, flags: ShowFlags, directory: string): Promise<string> {
  const path = await findRun(run, { directory })
  const metadata = await readFinishedRun(path)
  const { node, model, agent, tool } = flags
  if (node !== undefined) checkName('node', node, Object.keys(metadata.nodes))
  if (model !== undefined) checkName('model', model, Object.keys(metadata.models))
  if (agent !== undefined) checkName('agent', agent, Object.keys(metadata.agents ?? {}))
  if (tool !== undefined) checkName('tool', tool, Object.keys(metadata.tools ?? {}))
  if (flags.json) return `${JSON.stringify(selectJson(metadata, flags), null, 2)}\n`
  const parts = partsOf(flags)
  const previous = previousRun(path, metadata)
  const selected = { node, model, agent, tool, parts, ...(previous === undefined ? {} : { previous }) }
  if (flags.markdown) return renderMarkdown(metadata, selected)
  const tables = renderRun(metadata, { ...renderOptions(), ...selected })
  const steps = await nextSteps(metadata, path)
  // What happened to the run matters more than its figures.
  return steps === '' ? tables : `${steps}\n${tables}`
}

function partsOf({ latency, waste, receipts, all }: ShowFlags): readonly RunPart[] | undefined {
  if (all) return undefined
  const parts: RunPart[] = []
  if (latency) parts.push('latency')
  if (waste) parts.push('waste')
  if (receipts) parts.push('receipts')
  return parts.length > 0 ? parts : ['overview']
}

function selectJson(metadata: Metadata, { node, model, agent, tool }: ShowFlags): unknown {
  const selected = {
    ...(node === undefined ? {} : { node: metadata.nodes[node] }),
    ...(model === undefined ? {} : { model: metadata.models[model] }),
    ...(agent === undefined ? {} : { agent: metadata.agents?.[agent] }),
    ...(tool === undefined ? {} : { tool: metadata.tools?.[tool] }),
  }
  const parts = Object.values(selected)
  if (parts.length === 0) return metadata
  return parts.length === 1 ? parts[0] : selected
}

function checkName(kind: 'node' | 'model' | 'agent' | 'tool', name: string, known: readonly string[]): void {
  if (known.includes(name)) return
  const hint = didYouMean(name, known)
  const list = known.length > 0 ? ` (it has ${oneOf(known)})` : ' (it has none)'
  throw new SygraError('not_found', `the run has no ${kind} "${name}"${hint || list}`)
}
