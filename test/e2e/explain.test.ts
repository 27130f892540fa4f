import { cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readEvents } from '../../src/cli/files/read-run.ts'
import { parseMetadata } from '../../src/metadata/parse.ts'
import { Explainer } from '../../src/report/explain/explain.ts'
import { figurePaths } from '../../src/report/explain/figure-path.ts'
import { runCliInShared } from '../helpers/run-cli.ts'

interface RunOfExample {
  readonly path: string
  readonly ledger: string
  readonly directory: string
}

const made = new Map<string, Promise<RunOfExample>>()

/** A run of an example, which is made once. */
function runOf(name: string): Promise<RunOfExample> {
  const run = made.get(name) ?? runExample(name)
  made.set(name, run)
  return run
}

/** Runs an example on simulated models that sometimes fail; gives its metadata file and its ledger. */
async function runExample(name: string): Promise<RunOfExample> {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-explain-'))
  cpSync('tasks/examples', join(directory, 'tasks/examples'), { recursive: true })
  const faults = ['--simulate', '--simulate-faults', '0.2', '--simulate-seed', '3', '--simulate-speed', '50']
  const args = ['run', '--task', `examples.${name}`, '-n', '6', '--output-dir', 'out', ...faults, '--quiet']
  await runCliInShared(args, { directory })
  const folder = join(directory, 'out', 'metadata')
  const files = readdirSync(folder).map((file) => join(folder, file))
  const path = files.find((file) => /metadata_[^/]*\.json$/.test(file)) ?? ''
  return { directory, path, ledger: files.find((file) => file.endsWith('.jsonl')) ?? '' }
}

// What a new number of the format needs is a sentence in metadata/schema.ts and a formula in report/explain/formula-of.ts.
test.each(['code_assistant', 'instruction_pairs'])(
  'every number of a real run of %s is explained by its ledger',
  async (name) => {
    const { path, ledger } = await runOf(name)
    const metadata = parseMetadata(readFileSync(path, 'utf8'), path)
    const paths = figurePaths(metadata)
    const explainer = new Explainer(metadata, paths)
    explainer.endLedger(await readEvents(ledger, (event, place) => explainer.add(event, place)))
    const faults = explainer
      .explanations()
      .filter(({ agrees, definition }) => agrees !== true || definition.length === 0)
      .map(({ path: at, value, formula, result }) => `${at.join('.')} is ${value}: ${formula} = ${result}`)
    expect(faults).toEqual([])
    expect(paths.length).toBeGreaterThan(150)
  },
  180_000,
)

test('the command line explains a figure with its lines, and refuses what may be several', async () => {
  const { directory, path } = await runOf('code_assistant')
  const { code, stdout } = await runCliInShared(['explain', path, 'nodes.critique_answer.latency.p95'], { directory })
  expect(code).toBe(0)
  expect(stdout).toContain('95 of 100 values are not larger.')
  expect(stdout).toMatch(/node-end +q\d+ +critique_answer/)
  const several = await runCliInShared(['explain', path, 'models.gpt-4o.cost.receipt'], { directory })
  expect(several.code).toBe(1)
  expect(several.stderr).toContain('models.gpt-4o.cost.receipt.0.total_usd')
}, 180_000)
