import { expect, test } from 'vitest'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import { shortSound } from '../../simulator/answers/sample-media.ts'
import { countChatTokens } from '../../tokens/chat-tokens.ts'
import type { NodeConfig } from '../nodes/node-kinds.ts'
import { DataSource } from '../sources/data-source.ts'
import { Workflow } from '../workflow.ts'
import { type EstimateOptions, estimateRun } from './estimate-run.ts'

const rows = [
  { id: 'a', text: 'one' },
  { id: 'b', text: 'a somewhat longer text' },
]

async function estimate(nodes: Readonly<Record<string, NodeConfig>>, options: EstimateOptions = {}) {
  const graph = new Workflow('estimated').source(DataSource.memory(rows))
  for (const [name, node] of Object.entries(nodes)) graph.addNode(name, node)
  return estimateRun(await graph.definition(), options)
}

const write: NodeConfig = {
  node_type: 'llm',
  prompt: [{ system: 'You write.' }, { user: 'About {text}.' }],
  output_keys: 'draft',
  model: { name: 'gpt-4o', parameters: { max_tokens: 100 } },
}

test('the prompts are those that a run would send, priced; answers are as long as assumed', async () => {
  const { records, nodes } = await estimate({ write }, { answerTokens: 40 })
  const counts = await Promise.all(
    rows.map(({ text }) =>
      countChatTokens({
        model: 'gpt-4o',
        messages: [
          { role: 'system', content: 'You write.' },
          { role: 'user', content: `About ${text}.` },
        ],
      }),
    ),
  )
  const promptTokens = counts.reduce((sum, count) => sum + count, 0)
  expect(records).toBe(2)
  expect(nodes).toHaveLength(1)
  expect(nodes[0]).toMatchObject({ node: 'write', requests: 2, promptTokens, answerTokens: 80 })
  expect(nodes[0]?.basis).toEqual({ type: 'assumed' })
  // $2.50 and $10 for a million tokens.
  expect(nodes[0]?.usd).toBeCloseTo((promptTokens * 2.5 + 80 * 10) / 1e6, 9)
  expect(nodes[0]?.mostUsd).toBeCloseTo((promptTokens * 2.5 + 200 * 10) / 1e6, 9)
})

test('what is batched costs half, and a node that says no has no such price', async () => {
  const { nodes } = await estimate({ write, alone: { ...write, batch: false } as NodeConfig }, { answerTokens: 40 })
  const of = (name: string) => nodes.find(({ node }) => node === name)
  expect(of('write')?.batchUsd).toBeCloseTo((of('write')?.usd ?? 0) / 2, 12)
  expect(of('alone')?.batchUsd).toBeUndefined()
})

test('a later prompt holds the answers of earlier nodes, by name and as turns of the chat', async () => {
  const review: NodeConfig = {
    node_type: 'llm',
    prompt: [{ user: 'Review {draft} and {draft}.' }],
    model: { name: 'gpt-4o-mini' },
  }
  const judge: NodeConfig = { ...review, prompt: [{ user: 'Well?' }], output_keys: 'verdict' }
  const { nodes } = await estimate({ write, review, judge }, { answerTokens: 1_000, numRecords: 1 })
  const of = (name: string) => nodes.find(({ node }) => node === name)?.promptTokens ?? 0
  // max_tokens holds the draft at 100; it stands twice.
  expect(of('review')).toBeGreaterThan(200)
  expect(of('review')).toBeLessThan(220)
  // The review has no key: it is a turn of the chat.
  expect(of('judge')).toBeGreaterThan(1_000)
  expect(of('judge')).toBeLessThan(1_020)
})

test('neither a key nor an address is needed, nothing is called, and what is unpriced says why', async () => {
  const calls: string[] = []
  const count: NodeConfig = { node_type: 'lambda', lambda: () => calls.push('lambda'), output_keys: 'length' }
  const ask: NodeConfig = {
    node_type: 'llm',
    prompt: [{ user: '{text} {length}' }],
    output_keys: 'answer',
    pre_process: () => calls.push('pre_process'),
    model: { name: 'model-of-nobody' },
  }
  const { nodes, assumptions } = await estimate({ count, ask })
  expect(calls).toEqual([])
  expect(nodes[0]?.unpriced).toContain('model-of-nobody')
  expect(assumptions.join('\n')).toContain('nothing for what functions write: {length}')
  expect(assumptions.join('\n')).toContain('without pre_process: ask')
})

test('a node with several models has a row for each', async () => {
  const both: NodeConfig = {
    node_type: 'multi_llm',
    prompt: [{ user: '{text}' }],
    models: { small: { name: 'gpt-4o-mini' }, large: { name: 'gpt-4o' } },
  }
  const { nodes } = await estimate({ both })
  expect(nodes.map(({ model, requests }) => [model, requests])).toEqual([
    ['gpt-4o-mini', 2],
    ['gpt-4o', 2],
  ])
})

test('earlier runs say how long and how many the answers are; rehearsals only for rehearsals', async () => {
  const graph = new Workflow('estimated').source(DataSource.memory(rows)).addNode('write', write)
  const { metadata } = await graph.run({ simulate: { timeScale: 0 }, outputDir: await scratchFolder() })
  if (metadata === null) throw new Error('the run kept no metadata')
  const tokens = metadata.nodes.write?.token_statistics
  const rehearsed = await estimate({ write }, { pastRuns: [metadata], isRehearsal: true })
  expect(rehearsed.nodes[0]).toMatchObject({ requests: 2, basis: { type: 'past', runs: 1 } })
  expect(rehearsed.nodes[0]?.answerTokens).toBeCloseTo(tokens?.total_completion_tokens ?? 0, 6)
  expect(rehearsed.nodes[0]?.promptTokens).toBeCloseTo(tokens?.total_prompt_tokens ?? 0, 6)
  const real = await estimate({ write }, { pastRuns: [metadata] })
  expect(real.nodes[0]?.basis).toEqual({ type: 'max-tokens' })
})

test('images, speech and transcripts are estimated by what their price counts', async () => {
  type Llm = Extract<NodeConfig, { node_type: 'llm' }>
  const made = (name: string, media: Omit<Llm['model'], 'name'>, prompt: Llm['prompt'], key: string): Llm => ({
    node_type: 'llm',
    model: { name, ...media },
    prompt,
    output_keys: key,
  })
  const user: Llm['prompt'] = [{ user: '{text}' }]
  const heard: Llm['prompt'] = [{ user: [{ type: 'audio_url', audio_url: '{sound}' }] }]
  const graph = new Workflow('media').source(rows.map((row) => ({ ...row, sound: shortSound(1) })))
  const image: Omit<Llm['model'], 'name'> = {
    output_type: 'image',
    parameters: { n: 2, size: '1024x1024', quality: 'low' },
  }
  graph.addNode('paint', made('gpt-image-1', image, user, 'pictures'))
  graph.addNode('draw', made('dall-e-3', { output_type: 'image' }, user, 'drawing'))
  graph.addNode('speak', made('tts-1', { output_type: 'audio' }, user, 'speech'))
  graph.addNode('hear', made('whisper-1', { input_type: 'audio' }, heard, 'words'))
  graph.addNode('look', made('gpt-4o', {}, [{ user: [{ type: 'image_url', image_url: '{pictures}' }] }], 'seen'))
  const { nodes, assumptions } = await estimateRun(await graph.definition(), { answerTokens: 40 })
  const usdOf = (name: string) => nodes.find(({ node }) => node === name)?.usd ?? 0
  const paint = nodes.find(({ node }) => node === 'paint')
  // Two images of 272 tokens for each of two records, at $40 a million; the prompts cost $5 a million.
  expect(paint).toMatchObject({ requests: 2, answerTokens: 4 * 272, basis: { type: 'made' } })
  expect(paint?.usd).toBeCloseTo((4 * 272 * 40 + (paint?.promptTokens ?? 0) * 5) / 1e6, 9)
  expect(usdOf('draw')).toBeCloseTo(0.08, 9)
  expect(usdOf('speak')).toBeCloseTo(('one'.length + 'a somewhat longer text'.length) * 0.000015, 9)
  expect(usdOf('hear')).toBeCloseTo(0.0002, 9)
  // Pictures that are still to be made count nothing, and are no text.
  expect(nodes.find(({ node }) => node === 'look')?.promptTokens).toBeLessThan(30)
  expect(assumptions.join('\n')).toContain('nothing for images and sounds that earlier nodes make: paint, draw, speak')
})
