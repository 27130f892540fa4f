import { expect, test } from 'vitest'
import { z } from 'zod'
import { checkGraphConfig } from './check-graph-config.ts'

test('from TypeScript functions, schemas, tools and models may stand for themselves', () => {
  const act = () => ({})
  const config = {
    graph_config: {
      graph_properties: { reducers: { notes: (current: unknown, written: unknown) => [current, written] } },
      nodes: {
        a: { node_type: 'lambda', lambda: act },
        b: {
          node_type: 'agent',
          model: {
            name: 'own',
            language_model: { doGenerate: act },
            structured_output: { schema: z.object({ answer: z.string() }) },
          },
          prompt: [{ user: 'hi' }],
          tools: [act, { execute: act }],
        },
        c: { node_type: 'subgraph', subgraph: { name: 'another workflow' } },
      },
      edges: [
        { from: 'START', condition: act, path_map: { x: 'a' } },
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
        { from: 'c', to: 'END' },
      ],
    },
    output_config: { output_map: { id: { from: 'id', transform: act } } },
    graph_post_process: [act],
  }
  const checked = checkGraphConfig(config)
  expect(checked).toEqual(config)
  expect(checked.graph_config.nodes.a).toHaveProperty('lambda', act)
})

test('without a file an error names the path through the configuration', () => {
  const config = {
    graph_config: {
      nodes: { a: { node_type: 'lambda', lambda: 'x#y', node_state: 'of' } },
      edges: [
        { from: 'START', to: 'a' },
        { from: 'a', to: ['b'] },
      ],
    },
  }
  expect(() => checkGraphConfig(config)).toThrow(
    'graph_config.nodes.a.node_state: found "of"; expected "active" or "idle"\n' +
      'graph_config.edges[1].to[0]: unknown node "b"; expected "a" or "END"',
  )
})

test.each([undefined, null, 3, 'text', [], () => 1])('%j is no configuration', (value) => {
  expect(() => checkGraphConfig(value)).toThrow(/^found .*; expected a map$/)
})
