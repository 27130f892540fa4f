import type { Metadata } from '../../metadata/schema.ts'
import { loadPricesFile } from '../../runtime/prices-file.ts'
import { loadTokenizer } from '../../tokens/tokenizer.ts'
import { isConditional } from '../config/topology/edge-config.ts'
import type { WorkflowDefinition } from '../define-workflow.ts'
import { GuardedModels } from '../limits/guarded-models.ts'
import { readEnvironmentFile } from '../models/environment-file.ts'
import { createModelFinder } from '../run/prepare/prepare-nodes.ts'
import { take } from '../run/take.ts'
import { DataSource } from '../sources/data-source.ts'
import { type AskedNode, askedNodesOf } from './asked-nodes.ts'
import { ExpectedAnswers } from './expected-answers.ts'
import { type NodeEstimate, NodeSum } from './node-sum.ts'
import { pastNodesOf } from './past-answers.ts'
import { type PromptCounter, promptCountersOf } from './prompt-counter.ts'

export interface EstimateOptions {
  /** How many records; all when left out. */
  readonly numRecords?: number
  readonly startIndex?: number
  readonly onBadRecord?: 'skip' | 'fail'
  /** Expected length of an answer where earlier runs say nothing; 300 tokens by default. */
  readonly answerTokens?: number
  /** Earlier runs of the task. */
  readonly pastRuns?: readonly Metadata[]
  /** Takes earlier rehearsals in place of earlier runs. */
  readonly isRehearsal?: boolean
}

export interface RunEstimate {
  readonly taskName: string
  readonly records: number
  readonly nodes: readonly NodeEstimate[]
  /** What the figures rest on, in sentences. */
  readonly assumptions: readonly string[]
}

const usualAnswerTokens = 300
const generatedRecords = 10

/**
 * Estimates a run without sending anything and without calling any of the task's functions: its prompts are counted over the
 * data, its answers are assumed.
 */
export async function estimateRun(definition: WorkflowDefinition, options: EstimateOptions = {}): Promise<RunEstimate> {
  const { directory, config } = definition
  const { numRecords, startIndex, onBadRecord, pastRuns = [], isRehearsal = false } = options
  const tokenizer = await loadTokenizer('gpt-4o')
  const prices = await loadPricesFile({ directory, environment: readEnvironmentFile() })
  const models = new GuardedModels()
  const modelsOf = (folder: string) => createModelFinder({ directory: folder, prices, models, isOffline: true })
  const counters = promptCountersOf(await askedNodesOf(definition, { modelsOf, tokenizer }), tokenizer)
  const assumedTokens = options.answerTokens ?? usualAnswerTokens
  const answers = new ExpectedAnswers({
    nodes: counters.map(({ node }) => node),
    past: pastNodesOf(pastRuns, { isRehearsal }),
    assumedTokens,
  })
  const place = { prices, isSimulated: false }
  const counted = counters.map(({ node, count }) => ({
    count,
    sums: node.models.map((model) => new NodeSum({ node, model, answers, place })),
  }))
  const source = definition.source ?? DataSource.none(numRecords ?? generatedRecords)
  await source.check({ onBadRecord })
  let records = 0
  for await (const record of take(source.rows({ startIndex, onBadRecord, isPreview: true }), numRecords)) {
    records += 1
    for (const { count, sums } of counted) {
      const prompt = await count(record)
      for (const sum of sums) sum.add(prompt)
    }
  }
  const estimates = counted.flatMap(({ sums }) => sums.map((sum) => sum.estimate()))
  const edges = { hasConditions: (config.graph_config.edges ?? []).some(isConditional) }
  const assumptions = assumptionsOf({ estimates, counters, assumedTokens, edges })
  return { taskName: definition.taskName, records, nodes: estimates, assumptions }
}

/** What an estimate rests on, in sentences for people. */
function assumptionsOf({
  estimates,
  counters,
  assumedTokens,
  edges,
}: {
  readonly estimates: readonly NodeEstimate[]
  readonly counters: readonly PromptCounter[]
  readonly assumedTokens: number
  /** Whether the graph has conditions. */
  readonly edges: { readonly hasConditions: boolean }
}): readonly string[] {
  const of = (type: NodeEstimate['basis']['type']) => [
    ...new Set(estimates.filter(({ basis }) => basis.type === type).map(({ node }) => node)),
  ]
  const [past, assumed, limited, made] = [of('past'), of('assumed'), of('max-tokens'), of('made')]
  const nodes = counters.map(({ node }) => node)
  const unknown = [...new Set(counters.flatMap((counter) => counter.unknown))]
  return [
    'prompts are counted with the tokenizer of gpt-4o: models of other makers count otherwise',
    ...(past.length > 0
      ? [`answers as long and as many as in earlier runs, and prompts no shorter: ${past.join(', ')}`]
      : []),
    ...(assumed.length > 0
      ? [
          `answers of ${assumedTokens} tokens, as --answer-tokens says, for want of an earlier run: ${assumed.join(', ')}`,
        ]
      : []),
    ...(limited.length > 0 ? [`answers as long as max_tokens allows: ${limited.join(', ')}`] : []),
    ...(made.length > 0
      ? [
          `images as large as their parameters say, speech as long as its text, and nothing for images and sounds that earlier nodes make: ${made.join(', ')}`,
        ]
      : []),
    ...(past.length < new Set(estimates.map(({ node }) => node)).size && edges.hasConditions
      ? ['every node once for each record, whatever conditions and loops will make of it']
      : []),
    ...(unknown.length > 0
      ? [`nothing for what functions write: ${unknown.map((name) => `{${name}}`).join(', ')}`]
      : []),
    ...preProcessed(nodes),
    ...agents(nodes, past),
    'no retries: what a failed attempt costs is known to nobody',
  ]
}

function preProcessed(nodes: readonly AskedNode[]): readonly string[] {
  const names = nodes.filter(({ questions }) => questions.isPreProcessed).map(({ name }) => name)
  return names.length === 0 ? [] : [`prompts as they are without pre_process: ${names.join(', ')}`]
}

function agents(nodes: readonly AskedNode[], past: readonly string[]): readonly string[] {
  const isOpen = ({ name, questions }: AskedNode) => questions.mayCallTools && !past.includes(name)
  const names = nodes.filter(isOpen).map(({ name }) => name)
  return names.length === 0 ? [] : [`agents that call no tool: ${names.join(', ')}`]
}
