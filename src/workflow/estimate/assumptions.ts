import type { AskedNode } from './asked-nodes.ts'
import type { NodeEstimate } from './node-sum.ts'
import type { PromptCounter } from './prompt-counter.ts'

/** What an estimate rests on, in sentences for people. */
export function assumptionsOf({
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
