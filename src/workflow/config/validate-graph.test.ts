import { describe, expect, test } from 'vitest'
import { type GraphText, uncheckedGraphOf } from '../../../test/helpers/graph-of.ts'
import { graphIssuesOf } from './check-graph-config.ts'
import { readGraphShape } from './topology/graph-shape.ts'

function issuesOf(text: GraphText) {
  const shape = readGraphShape(uncheckedGraphOf(text))
  if (shape === undefined) throw new Error('the graph cannot be read')
  return graphIssuesOf(shape).map(({ code, path, message }) => `${code} ${path.join('.')}: ${message}`)
}

interface Case extends GraphText {
  readonly name: string
  readonly expected: readonly string[]
}

const edges = 'graph_config.edges'
const nodes = 'graph_config.nodes'

const broken: readonly Case[] = [
  {
    name: 'an edge from START to START',
    edges: 'START > START\nSTART > a\na > END',
    expected: [`unknown_edge ${edges}.0.to: an edge cannot lead to START; expected "a" or "END"`],
  },
  {
    name: 'an edge that leads from END',
    edges: 'START > a\na > END\nEND > a',
    expected: [`unknown_edge ${edges}.2.from: an edge cannot lead from END; expected "START" or "a"`],
  },
  {
    name: 'no edge from START',
    edges: 'a > b\nb > END',
    expected: [`unknown_edge ${edges}: no edge leads from START; expected one, such as {from: START, to: …}`],
  },
  {
    name: 'the same condition twice',
    edges: 'START > a\na ? x: b, y: END\na ? z: b\nb > END',
    expected: [
      `unknown_edge ${edges}.2.condition: found a second edge from "a" with the same condition; expected one edge with all paths in its path_map`,
    ],
  },
  {
    name: 'a node that nothing leads to',
    edges: 'START > a\na > END\nb > END',
    expected: [
      `unknown_edge ${nodes}.b: node "b" is never reached from START; expected an edge that leads to it, or node_state: idle`,
    ],
  },
  {
    name: 'a node that leads nowhere',
    edges: 'START > a, b\na > END',
    expected: [
      `unreachable_end ${nodes}.b: node "b" leads nowhere else and never reaches END; expected an edge that leads out`,
    ],
  },
  {
    name: 'a node that leads only to itself',
    edges: 'START > a\na > a',
    expected: [
      `unreachable_end ${nodes}.a: node "a" leads nowhere else and never reaches END; expected an edge that leads out`,
    ],
  },
  {
    name: 'a loop without an exit',
    edges: 'START > a\na > b\nb > c\nc ? x: b, y: c',
    expected: [
      `unreachable_end ${nodes}.b: the loop of "b", "c" has no exit and never reaches END; expected an edge that leads out`,
    ],
  },
  {
    name: 'two loops without an exit, but not what leads to them',
    edges: 'START ? x: a, y: END\na > b, c\nb > b\nc > d\nd > c',
    expected: [
      `unreachable_end ${nodes}.b: node "b" leads nowhere else and never reaches END; expected an edge that leads out`,
      `unreachable_end ${nodes}.c: the loop of "c", "d" has no exit and never reaches END; expected an edge that leads out`,
    ],
  },
  {
    name: 'parallel branches that write the same key',
    edges: 'START > a, b\na > END\nb > END',
    outputKeys: { a: 'answer', b: ['answer', 'b'] },
    expected: [
      `bad_config ${nodes}.b.output_keys: nodes "a" and "b" run in parallel and both write "answer"; expected different output_keys, or graph_properties.reducers.answer: append | merge | sum | last | ./file.ts#export`,
    ],
  },
  {
    name: 'parallel branches that write the same key further on',
    edges: 'START > a, b\na > a1\na1 > c\nb ? x: b1, y: END\nb1 > c\nc > END',
    outputKeys: { a1: 'key', b1: 'key' },
    expected: [expect.stringContaining('nodes "a1" and "b1" run in parallel and both write "key"')],
  },
  {
    name: 'a branch that may end beside one that writes the same key',
    edges: 'START > a, b\na ? on: b, stop: END\nb > END',
    outputKeys: { a: 'key', b: 'key' },
    expected: [expect.stringContaining('nodes "a" and "b" run in parallel and both write "key"')],
  },
]

describe('refused', () => {
  test.each(broken)('$name', ({ expected, ...text }) => {
    expect(issuesOf(text)).toEqual(expected)
  })

  test('every unknown place of every edge, with the nearest name', () => {
    const config = {
      graph_config: {
        nodes: { write: {}, review: {} },
        edges: [
          { from: 'STRAT', to: 'write' },
          { from: 'write', to: ['reveiw', 'END'] },
          { from: 'review', condition: 'x#y', path_map: { again: 'wirte', done: 'end' } },
        ],
      },
    }
    const shape = readGraphShape(config)
    const found = shape === undefined ? [] : graphIssuesOf(shape)
    expect(found.map(({ path, message }) => `${path.slice(1).join('.')}: ${message.split(';').at(-1)}`)).toEqual([
      'edges.0.from:  did you mean "START"?',
      'edges.1.to.0:  did you mean "review"?',
      'edges.2.path_map.again:  did you mean "write"?',
      'edges.2.path_map.done:  did you mean "END"?',
      'edges:  expected one, such as {from: START, to: …}',
    ])
  })
})

const sound: readonly (GraphText & { readonly name: string })[] = [
  { name: 'a sequence', edges: 'START > a\na > b\nb > END' },
  { name: 'a loop with an exit', edges: 'START > a\na > b\nb ? again: a, done: END' },
  {
    name: 'a conditional edge and a direct one from one node',
    edges: 'START > a\na > b\na ? x: c, y: END\nb > END\nc > END',
  },
  { name: 'an idle node that nothing leads to', edges: 'START > a\na > END\nb > END', idle: ['b'] },
  {
    name: 'nodes of one branch that write the same key',
    edges: 'START > a, c\na > b\nb > END\nc > END',
    outputKeys: { a: 'key', b: 'key' },
  },
  {
    name: 'two paths of one condition that write the same key',
    edges: 'START > a\na ? x: b, y: c\nb > END\nc > END',
    outputKeys: { b: 'key', c: 'key' },
  },
  {
    name: 'two paths of a condition after a join that write the same key',
    edges: 'START > a, b\na > c\nb > c\nc ? x: d, y: e\nd > END\ne > END',
    outputKeys: { d: 'key', e: 'key' },
  },
  {
    name: 'a join that writes the key of a branch',
    edges: 'START > a, b\na > c\nb > c\nc > END',
    outputKeys: { a: 'key', c: 'key' },
  },
  {
    name: 'parallel branches that write the same key with a reducer',
    edges: 'START > a, b\na > END\nb > END',
    outputKeys: { a: 'key', b: 'key' },
    reducers: { key: 'append' },
  },
  {
    name: 'parallel branches that both write messages',
    edges: 'START > a, b\na > END\nb > END',
    outputKeys: { a: 'messages', b: 'messages' },
  },
  {
    name: 'an idle branch that would write the same key',
    edges: 'START > a, b\na > END\nb > END',
    outputKeys: { a: 'key', b: 'key' },
    idle: ['b'],
  },
]

test.each(sound)('$name: nothing is wrong', ({ name: _name, ...text }) => {
  expect(issuesOf(text)).toEqual([])
})

test('a workflow without edges is sound', () => {
  const shape = readGraphShape({ graph_config: { nodes: { a: {}, b: {} } } })
  expect(shape && graphIssuesOf(shape)).toEqual([])
})
