import { writeFile } from 'node:fs/promises'
import { Command, InvalidArgumentError } from 'commander'
import { messageOf, SygraError } from '../errors.ts'
import type { Metadata } from '../metadata/schema.ts'
import { compareRuns } from '../report/compare/compare.ts'
import type { ComparedRuns } from '../report/compare/comparison-sections.ts'
import { renderComparison, renderComparisonMarkdown } from '../report/compare/comparison-sections.ts'
import { evaluateGates, type Gate, type GateResult, parseGate, renderJunit } from '../report/compare/gates.ts'
import { RunSamples } from '../report/compare/run-samples.ts'
import { safeText } from '../report/text/safe-text.ts'
import { findRun } from './files/find-run.ts'
import { ledgerOf, readEvents, readRun } from './files/read-run.ts'
import { renderOptions } from './terminal/terminal.ts'

interface CompareFlags {
  readonly gate: readonly Gate[]
  readonly markdown?: boolean
  readonly json?: boolean
  readonly junit?: string
  readonly unpricedTolerance: number
}

/** Exit code when a gate breaks: apart from 1, so that a CI step can tell a worse run from a failed command. */
const gateBroken = 4

/** `sygra compare`: two runs side by side, and gates for CI. */
export function compareCommand(): Command {
  return new Command('compare')
    .description('Put two runs side by side; with gates, exit with 4 when the second one breaks one.')
    .argument('<base>', 'the run to compare with: a metadata or output file, a run id or name, a task or a directory')
    .argument('[head]', 'the run to judge; the latest run if left out')
    .option('--gate <gate>', 'such as cost_per_record<+5%, p95<+10%, success_rate>=0.99; repeatable', addGate, [])
    .option('--unpriced-tolerance <share>', 'requests without a price that gates of cost put up with', parseShare, 0)
    .option('--markdown', 'as Markdown, for a pull request')
    .option('--json', 'as JSON')
    .option('--junit <file>', 'write the gates as a JUnit report')
    .action(async (base: string, head: string | undefined, flags: CompareFlags) => {
      const compared = await compare({ base, head, gates: flags.gate, unpricedTolerance: flags.unpricedTolerance })
      if (flags.junit !== undefined) await writeJunit(flags.junit, compared)
      process.stdout.write(textOf(compared, flags))
      const broken = compared.gates.filter(({ passed }) => !passed)
      if (broken.length === 0) return
      process.stderr.write(broken.map(brokenLine).join(''))
      process.exitCode = gateBroken
    })
}

function parseShare(text: string): number {
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? []
  const share = Number(number) / (percent === '%' ? 100 : 1)
  if (number === undefined || share > 1) throw new InvalidArgumentError('expected a share, such as 1%.')
  return share
}

function addGate(text: string, gates: readonly Gate[]): Gate[] {
  try {
    return [...gates, parseGate(text)]
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error))
  }
}

async function compare({
  base: baseReference,
  head: headReference,
  gates,
  unpricedTolerance,
}: {
  readonly base: string
  readonly head: string | undefined
  readonly gates: readonly Gate[]
  readonly unpricedTolerance: number
}): Promise<ComparedRuns & { readonly basePath: string; readonly headPath: string }> {
  const directory = process.cwd()
  const basePath = await findRun(baseReference, { directory })
  const headPath = await findRun(headReference, { directory })
  if (basePath === headPath && headReference === undefined) {
    throw new SygraError('bad_argument', `${basePath} is the latest run itself: name the run to compare it with`)
  }
  const [base, head] = [await readRun(basePath), await readRun(headPath)]
  const samples = { base: await samplesOf(basePath, base), head: await samplesOf(headPath, head) }
  const comparison = compareRuns(base, head, samples)
  return {
    basePath,
    headPath,
    base,
    head,
    comparison,
    gates: evaluateGates(gates, base, head, { comparison, unpricedTolerance }),
  }
}

/** The single values of a run from its ledger; undefined without one, or when it is that of another run. */
async function samplesOf(path: string, { run_id }: Metadata): Promise<RunSamples | undefined> {
  const ledger = ledgerOf(path)
  if (ledger === undefined) return undefined
  const samples = new RunSamples()
  let runId: string | undefined
  await readEvents(ledger, (event) => {
    if (event.type === 'run-start') runId ??= event.runId
    samples.add(event)
  })
  return runId === run_id ? samples : undefined
}

function textOf(compared: Awaited<ReturnType<typeof compare>>, { json, markdown }: CompareFlags): string {
  if (json) return jsonOf(compared)
  if (markdown) return renderComparisonMarkdown(compared)
  return renderComparison(compared, renderOptions())
}

function jsonOf({ basePath, headPath, base, head, comparison, gates }: Awaited<ReturnType<typeof compare>>): string {
  const runs = {
    base: { path: basePath, runId: base.run_id, task: base.execution.task_name },
    head: { path: headPath, runId: head.run_id, task: head.execution.task_name },
  }
  return `${JSON.stringify({ ...runs, ...comparison, gates }, null, 2)}\n`
}

async function writeJunit(path: string, { gates, head }: ComparedRuns): Promise<void> {
  try {
    await writeFile(path, renderJunit(gates, head.execution.task_name))
  } catch (error) {
    throw new SygraError('not_writable', `${path}: cannot be written: ${messageOf(error)}`, { cause: error })
  }
}

function brokenLine({ gate, reason }: GateResult): string {
  return `sygra: gate broken: ${safeText(gate)}: ${safeText(reason)}\n`
}
