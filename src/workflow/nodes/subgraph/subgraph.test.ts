import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runNodes, saidIn } from '../../../../test/helpers/run-nodes.ts'
import { scratchFolder } from '../../../../test/helpers/scratch-folder.ts'
import { Workflow } from '../../workflow.ts'
import type { LlmNodeConfig } from '../llm/llm-config.ts'
import type { SubgraphNodeConfig } from './subgraph.ts'

/** A task that writes on a `{text}` and counts its words. */
async function taskFolder(extra = ''): Promise<string> {
  const directory = join(await scratchFolder(), 'inner')
  mkdirSync(directory)
  writeFileSync(
    join(directory, 'task.ts'),
    'export const count = (state) => ({ words: state.draft.split(" ").length })\n',
  )
  writeFileSync(
    join(directory, 'graph_config.yaml'),
    `graph_config:
  nodes:
    write:
      node_type: llm
      model: { name: gpt-4o-mini, parameters: { temperature: 1 } }
      prompt: [{ user: 'Write about {text}, not {{text}}.' }]
      output_keys: draft
    count: { node_type: lambda, lambda: './task.ts#count', output_keys: words }
${extra}`,
  )
  return directory
}

const subgraph = (
  task: SubgraphNodeConfig['subgraph'],
  rest: Partial<SubgraphNodeConfig> = {},
): SubgraphNodeConfig => ({
  node_type: 'subgraph',
  subgraph: task,
  ...rest,
})

const rows = [{ id: 'r1', text: 'rain', topic: 'snow' }]
const answer = () => 'a few words'

test('a task runs as one node; its nodes are measured as parent.child and it itself as the parent', async () => {
  const { records, metadata, events } = await runNodes({ inner: subgraph(await taskFolder()) }, { rows, answer })
  expect(records).toEqual([{ ...rows[0], draft: 'a few words', words: 3 }])
  expect(Object.keys(metadata?.nodes ?? {}).sort()).toEqual(['inner', 'inner.count', 'inner.write'])
  expect(metadata?.nodes.inner).toMatchObject({ node_type: 'subgraph', total_executions: 1 })
  expect(metadata?.nodes['inner.write']).toMatchObject({ node_type: 'llm', requests: { total_requests: 1 } })
  expect(events.find(({ type }) => type === 'request-end')).toMatchObject({ node: 'inner.write' })
})

test('what the nodes within have used stands at the parent too, and is counted once', async () => {
  const middle = new Workflow('middle').addNode('low', subgraph(await taskFolder()))
  const outer: LlmNodeConfig = {
    node_type: 'llm',
    model: { name: 'gpt-4o' },
    prompt: [{ user: 'x' }],
    output_keys: 'x',
  }
  const { metadata } = await runNodes(
    { high: subgraph(middle), outer },
    { rows: [rows[0] ?? {}, { id: 'r2', text: 'sun' }], answer },
  )
  const { high, 'high.low': low, 'high.low.write': write } = metadata?.nodes ?? {}
  expect(high?.inner_nodes).toEqual({
    names: ['high.low.write', 'high.low.count', 'high.low'],
    total_requests: 2,
    total_prompt_tokens: write?.token_statistics?.total_prompt_tokens,
    total_completion_tokens: write?.token_statistics?.total_completion_tokens,
    total_tokens: write?.token_statistics?.total_tokens,
    total_cost_usd: write?.cost?.total_cost_usd ?? 0,
  })
  expect(low?.inner_nodes).toMatchObject({ names: ['high.low.write', 'high.low.count'], total_requests: 2 })
  expect(high).not.toHaveProperty('token_statistics')
  expect(write).not.toHaveProperty('inner_nodes')
  const tokens = Object.values(metadata?.nodes ?? {}).map((node) => node.token_statistics?.total_tokens ?? 0)
  expect(tokens.reduce((sum, each) => sum + each, 0)).toBe(metadata?.aggregate_statistics.tokens.total_tokens)
})

test('the account of the run has the graph of each task within, by whole names', async () => {
  const middle = new Workflow('middle').addNode('low', subgraph(await taskFolder()))
  const { metadata } = await runNodes({ high: subgraph(middle) }, { rows, answer })
  const { subgraphs = [], nodes } = metadata?.execution.graph ?? { nodes: [] }
  expect(nodes).toEqual([{ name: 'high', type: 'subgraph' }])
  expect(subgraphs.map(({ name }) => name)).toEqual(['high', 'high.low'])
  expect(subgraphs[0]?.nodes).toEqual([{ name: 'high.low', type: 'subgraph' }])
  expect(subgraphs[1]?.nodes.map(({ name }) => name)).toEqual(['high.low.write', 'high.low.count'])
  expect(subgraphs[1]?.edges).toEqual([
    { from: 'high.low.write', to: 'high.low.count' },
    { from: 'high.low.count', to: 'END' },
    { from: 'START', to: 'high.low.write' },
  ])
})

test('of what it changes only the output keys are written, where there are any', async () => {
  const { records } = await runNodes(
    { inner: subgraph(await taskFolder(), { output_keys: 'words' }) },
    { rows, answer },
  )
  expect(records).toEqual([{ ...rows[0], words: 3 }])
})

test('settings of its nodes are overridden and variables of its prompts renamed', async () => {
  const overrides = {
    write: { model: { name: 'gpt-4o', parameters: { max_tokens: 5 } }, prompt_placeholder_map: { text: 'topic' } },
  }
  const { requests } = await runNodes(
    { inner: subgraph(await taskFolder(), { node_config_map: overrides }) },
    { rows, answer },
  )
  expect(requests[0]).toMatchObject({ model: 'gpt-4o', temperature: 1, max_tokens: 5 })
  expect(requests[0] && saidIn(requests[0])).toEqual(['user: Write about snow, not {text}.'])
})

test('the chat of the outer task goes on within it, once', async () => {
  const chatty = new Workflow('chatty')
  chatty.addLLMNode('reply', 'gpt-4o-mini').userMessage('Reply.')
  const { records, requests } = await runNodes(
    {
      open: { node_type: 'llm', model: { name: 'gpt-4o' }, prompt: [{ user: 'Open.' }] },
      inner: subgraph(chatty),
    },
    { answer: (_request, index) => `turn ${index}` },
  )
  expect(requests[1] && saidIn(requests[1])).toEqual(['user: Reply.', 'assistant: turn 0'])
  expect(records[0]?.messages).toEqual([
    { role: 'assistant', content: 'turn 0' },
    { role: 'assistant', content: 'turn 1' },
  ])
})

test('a task within a task within a task is measured by its whole path', async () => {
  const middle = new Workflow('middle').addNode('low', subgraph(await taskFolder()))
  const { metadata } = await runNodes({ high: subgraph(middle) }, { rows, answer })
  expect(Object.keys(metadata?.nodes ?? {})).toContain('high.low.write')
})

describe('refused before the first request', () => {
  test('an override of a node that there is not', async () => {
    const node = subgraph(await taskFolder(), { node_config_map: { wite: {} } })
    await expect(runNodes({ inner: node }, { rows })).rejects.toThrow(
      'graph_config.nodes.inner: node_config_map: there is no node "wite"; expected "write" or "count"; did you mean "write"?',
    )
  })

  test('an override that does not fit', async () => {
    const node = subgraph(await taskFolder(), { node_config_map: { write: { output_keys: 4 } } })
    await expect(runNodes({ inner: node }, { rows })).rejects.toThrow(/node_config_map: .*write\.output_keys: found 4/)
  })

  test('a task that contains itself', async () => {
    const self = new Workflow('self')
    self.addNode('again', subgraph(self))
    await expect(self.run()).rejects.toThrow(/the task contains itself: self > self/)
  })

  test('a task that there is not', async () => {
    await expect(runNodes({ inner: subgraph('no.such.task') }, { rows })).rejects.toThrow(/no task "no.such.task"/)
  })
})
