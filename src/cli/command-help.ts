import type { Command } from 'commander'
import { programName } from './terminal/command-line.ts'

interface CommandHelp {
  readonly group: string
  /** Without the name of the program. */
  readonly examples: readonly [string, string]
  /** The page of the documentation. */
  readonly page: string
}

const groups = {
  begin: 'To begin:',
  run: 'To run:',
  look: 'To look at runs:',
  money: 'Prices:',
  tools: 'Tools:',
} as const

/** What the help says of each command beside its options, in the order of the help. */
const helpOf: Readonly<Record<string, CommandHelp>> = {
  init: { group: groups.begin, examples: ['init', 'init texts --template review'], page: 'docs/tutorial.md' },
  port: {
    group: groups.begin,
    examples: ['port ~/sygra/tasks/examples/demo', 'port ~/sygra/tasks/examples/demo --to tasks/demo'],
    page: 'docs/porting-from-python.md',
  },
  validate: {
    group: groups.begin,
    examples: ['validate --task my_task', 'validate --task my_task --simulate'],
    page: 'docs/cli.md',
  },
  graph: {
    group: groups.begin,
    examples: ['graph --task my_task', 'graph --task my_task --format mermaid'],
    page: 'docs/workflow.md',
  },
  estimate: {
    group: groups.begin,
    examples: ['estimate --task my_task', 'estimate --task my_task --pilot 20'],
    page: 'docs/limits.md',
  },
  run: {
    group: groups.run,
    examples: ['run --task my_task --simulate', 'run --task my_task -n all --max-cost 5'],
    page: 'docs/cli.md',
  },
  exec: {
    group: groups.run,
    examples: ['exec -- node app.js', 'exec --task nightly -- npm run job'],
    page: 'docs/instrumentation.md',
  },
  worker: {
    group: groups.run,
    examples: ['worker redis://10.0.0.5:6379', 'worker redis --concurrency 50'],
    page: 'docs/distributed.md',
  },
  watch: { group: groups.run, examples: ['watch', 'watch my_task --quiet'], page: 'docs/cli.md' },
  simulate: {
    group: groups.run,
    examples: ['simulate --port 4010', 'simulate --rate-limit-rate 0.05'],
    page: 'docs/simulator.md',
  },
  show: { group: groups.look, examples: ['show', 'show my_task --receipts'], page: 'docs/cli.md' },
  runs: { group: groups.look, examples: ['runs', 'runs --since 7d --sort cost'], page: 'docs/cli.md' },
  compare: {
    group: groups.look,
    examples: ['compare base.json', "compare before after --gate 'cost_per_record<+5%'"],
    page: 'docs/cli.md',
  },
  explain: {
    group: groups.look,
    examples: ['explain latest total_cost', 'explain latest nodes.review.p95'],
    page: 'docs/cli.md',
  },
  waste: { group: groups.look, examples: ['waste', 'waste my_task --markdown'], page: 'docs/cli.md' },
  report: {
    group: groups.look,
    examples: ['report --html report.html', 'report my_task --html report.html'],
    page: 'docs/studio.md',
  },
  export: {
    group: groups.look,
    examples: ['export csv my_task -o requests.csv', 'export parquet --all --table calls -o calls.parquet'],
    page: 'docs/exports.md',
  },
  studio: { group: groups.look, examples: ['studio --open', 'studio output --port 4020'], page: 'docs/studio.md' },
  prices: { group: groups.money, examples: ['prices gpt-4o-mini', 'prices --check latest'], page: 'docs/pricing.md' },
  reprice: {
    group: groups.money,
    examples: ['reprice --tier batch', 'reprice --model gpt-4o=gpt-4o-mini'],
    page: 'docs/pricing.md',
  },
  cache: { group: groups.tools, examples: ['cache', 'cache --clear --before 30d'], page: 'docs/cache.md' },
  recover: { group: groups.tools, examples: ['recover', 'recover my_task'], page: 'docs/reliability.md' },
  doctor: { group: groups.tools, examples: ['doctor', 'doctor --offline'], page: 'docs/cli.md' },
  completion: { group: groups.tools, examples: ['completion bash', 'completion zsh'], page: 'docs/cli.md' },
}

/** Gives a command its place in the help, two examples, and the page on which more is said. */
export function withHelp(command: Command): Command {
  const help = helpOf[command.name()]
  if (help === undefined) return command
  const examples = help.examples.map((example) => `  ${programName()} ${example}`).join('\n')
  const text = `\nExamples:\n${examples}\n\nMore: ${help.page} in the package`
  return command.helpGroup(help.group).addHelpText('after', text)
}

/** What `sygra` alone says: where to begin. */
export function firstSteps(version: string): string {
  const program = programName()
  return `sygra ${version}: run LLM workflows, and know what every run cost, how fast it was and what failed.

A task of your own, rehearsed without a key and without a cost:
  ${program} init
  ${program} run --task my_task --simulate
  ${program} show

A program that is there already, whatever SDK it uses:
  ${program} exec -- node app.js

All commands, and all about one of them:
  ${program} --help
  ${program} run --help
`
}
