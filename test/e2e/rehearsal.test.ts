import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { Metadata } from '../../src/metadata/schema.ts'
import { compareRuns } from '../../src/report/compare/compare.ts'
import { evaluateGates, parseGate } from '../../src/report/compare/gates.ts'
import { loadTask } from '../../src/workflow/load-task.ts'
import { runWorkflow } from '../../src/workflow/run/run-workflow.ts'
import { isLong } from '../helpers/is-long.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'

// What docs/cli.md tells people to put into CI: a rehearsal with a seed, compared with one that was good.

/** A template whose YAML was changed. */
async function changed(template: string, change: (yaml: string) => string): Promise<string> {
  const directory = join(await scratchFolder(), template)
  cpSync(join('tasks/templates', template), directory, { recursive: true })
  symlinkSync(resolve('node_modules'), join(directory, '..', 'node_modules'))
  const path = join(directory, 'graph_config.yaml')
  const before = readFileSync(path, 'utf8')
  const after = change(before)
  if (change !== same) expect(after).not.toBe(before)
  writeFileSync(path, after)
  return directory
}

const same = (yaml: string) => yaml

async function rehearse(directory: string, seed: number): Promise<Metadata> {
  const simulate = { seed, ignoresWording: true, timeScale: 0 }
  const { metadata } = await runWorkflow(await loadTask(directory), { simulate, output: false })
  return metadata
}

/** The gates of the recipe, as they stand in docs/cli.md. */
function recipeGates() {
  const [recipe = ''] =
    /npx sygra compare baseline\.json[\s\S]*?GITHUB_STEP_SUMMARY/.exec(readFileSync('docs/cli.md', 'utf8')) ?? []
  const gates = [...recipe.matchAll(/--gate '([^']+)'/g)].map(([, gate = '']) => parseGate(gate))
  expect(gates.length).toBeGreaterThan(2)
  return gates
}

function brokenGates(base: Metadata, head: Metadata): string[] {
  const comparison = compareRuns(base, head, { base: undefined, head: undefined })
  const results = evaluateGates(recipeGates(), base, head, { comparison, unpricedTolerance: 0 })
  return results.filter(({ passed }) => !passed).map(({ gate }) => gate)
}

const answersOf = ({ nodes, aggregate_statistics: { requests, tokens } }: Metadata) => ({
  requests: requests.total_requests,
  completionTokens: tokens.total_completion_tokens,
  nodes: Object.entries(nodes).map(([name, node]) => [
    name,
    node.total_executions,
    node.token_statistics?.total_completion_tokens,
  ]),
})

const rewordings: Record<string, (yaml: string) => string> = {
  one_model: (yaml) =>
    yaml.replace('Summarize in one sentence: {text}', 'Please say in one sentence what this is: {text}'),
  review: (yaml) =>
    yaml
      .replace('Write about {product}', 'Tell us of {product}')
      .replace('Name the one most important', 'Say what is the first'),
  structured: (yaml) => yaml.replace('You sort the letters that', 'Sort the mail, as a function of its topic, that'),
  agent: (yaml) =>
    yaml.replace(
      'You answer questions about the ferries of a lake.',
      'Questions about boats come to you; give short answers.',
    ),
}

const allSeeds = [1, 2, 3, 7, 20, 2026]
const seeds = isLong ? allSeeds : [1, 2026]

test.each(Object.keys(rewordings))(
  'the %s template: another wording gives answers of the same length and as many rounds',
  async (template) => {
    const [before, after] = [await changed(template, same), await changed(template, rewordings[template] ?? same)]
    for (const seed of seeds) {
      const [base, again, head] = [
        await rehearse(before, seed),
        await rehearse(before, seed),
        await rehearse(after, seed),
      ]
      expect(answersOf(head), `seed ${seed}`).toEqual(answersOf(base))
      expect(answersOf(again)).toEqual(answersOf(base))
      expect(brokenGates(base, again), `seed ${seed}`).toEqual([])
    }
  },
)

test('another seed gives other answers, and records differ from each other', async () => {
  const directory = await changed('one_model', same)
  const lengths = []
  for (const seed of allSeeds)
    lengths.push((await rehearse(directory, seed)).aggregate_statistics.tokens.total_completion_tokens)
  expect(new Set(lengths).size).toBeGreaterThan(3)
})

test.each(seeds)(
  'with seed %i the recipe passes a word that changed, and fails a longer prompt and one more call',
  async (seed) => {
    const base = await rehearse(await changed('review', same), seed)
    const word = await changed('review', (yaml) => yaml.replace('in at most 60 words', 'within 60 words'))
    expect(brokenGates(base, await rehearse(word, seed))).toEqual([])
    const longer = await changed('review', (yaml) =>
      yaml.replace(
        'You write short product texts.',
        `You write short product texts. ${'Keep every rule of the house style in mind. '.repeat(25)}`,
      ),
    )
    expect(brokenGates(base, await rehearse(longer, seed))).toContain('prompt_tokens<+5%')
    const more = await changed('review', (yaml) =>
      yaml
        .replace(
          '  edges:\n',
          '    polish: { node_type: llm, model: gpt-4o-mini, prompt: "Polish: {messages}", output_keys: polished }\n\n  edges:\n',
        )
        .replace('END: END\n', 'END: polish\n')
        .replace('        write: write\n', '        write: write\n    - { from: polish, to: END }\n'),
    )
    expect(brokenGates(base, await rehearse(more, seed))).toContain('requests<+10%')
  },
)
