import { expect, test } from 'vitest'
import { graphOf } from '../../../test/helpers/graph-of.ts'
import { drawMermaid, drawText, outlineOf } from './draw-graph.ts'

const loop = graphOf({
  edges: `
    START > write
    write > check, count
    check > "odd" name
    count > "odd" name
    "odd" name ? again: write, done: END`,
  idle: ['count'],
})

test('a graph is drawn for Mermaid', () => {
  expect(drawMermaid(loop)).toBe(`flowchart TD
  n5(["START"])
  n4(["END"])
  n0["write<br/><small>lambda</small>"]
  n1["check<br/><small>lambda</small>"]
  n2["count<br/><small>lambda</small>"]:::idle
  n3["#quot;odd#quot; name<br/><small>lambda</small>"]
  n0 --> n1
  n0 --> n2
  n1 --> n3
  n2 --> n3
  n3 -. "again" .-> n0
  n3 -. "done" .-> n4
  n5 --> n0
  classDef idle stroke-dasharray: 4 4,opacity: 0.5
`)
})

test('an outline has the nodes, their types and the ways between them', () => {
  const { nodes, edges } = outlineOf(loop)
  expect(nodes.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'write lambda',
    'check lambda',
    'count lambda',
    '"odd" name lambda',
  ])
  expect(edges).toContainEqual({ from: 'START', to: 'write' })
  expect(edges).toContainEqual({ from: 'check', to: '"odd" name' })
  expect(edges).toContainEqual({ from: '"odd" name', to: 'END', choice: 'done' })
})

test('a graph is drawn as text', () => {
  expect(drawText(loop)).toBe(`START
  ─▶ write
write (lambda)
  ─▶ check
  ─▶ count
check (lambda)
  ─▶ "odd" name
count (lambda, idle)
  ─▶ "odd" name
"odd" name (lambda)
  ─[again]─▶ write
  ─[done]─▶ END
`)
})

test('a workflow without edges is drawn as it runs', () => {
  const node = { node_type: 'lambda' as const, lambda: './task.ts#act' }
  expect(drawText({ graph_config: { nodes: { b: node, a: node } } })).toBe(
    'START\n  ─▶ b\nb (lambda)\n  ─▶ a\na (lambda)\n  ─▶ END\n',
  )
})
