import fc from 'fast-check'
import { expect, test } from 'vitest'
import { layoutGraph } from './graph-layout.ts'

const names = ['a', 'b', 'c', 'd', 'e', 'f']
const place = fc.constantFrom(...names)
const graph = fc.array(fc.record({ from: place, to: place }), { maxLength: 14 }).map((edges) => ({
  nodes: names.map((name) => ({ name, type: 'llm' })),
  edges: [{ from: 'START', to: 'a' }, ...edges, { from: 'f', to: 'END' }],
}))

test('no two nodes of any graph lie on each other, and all lie in the picture', () => {
  fc.assert(
    fc.property(graph, (outline) => {
      const layout = layoutGraph(outline)
      const places = layout?.places ?? []
      expect(places).toHaveLength(names.length + 2)
      for (const one of places) {
        expect(one.x).toBeGreaterThanOrEqual(0)
        expect(one.y).toBeGreaterThanOrEqual(0)
        expect(one.x + one.width).toBeLessThanOrEqual(layout?.width ?? 0)
        expect(one.y + one.height).toBeLessThanOrEqual(layout?.height ?? 0)
        for (const other of places) {
          if (one === other) continue
          const isApart =
            one.x + one.width <= other.x ||
            other.x + other.width <= one.x ||
            one.y + one.height <= other.y ||
            other.y + other.height <= one.y
          expect(isApart, `${one.name} and ${other.name}`).toBe(true)
        }
      }
    }),
  )
})

test('a node stands right of those that lead to it; a loop leads back', () => {
  const layout = layoutGraph({
    nodes: [
      { name: 'write', type: 'llm' },
      { name: 'check', type: 'llm' },
    ],
    edges: [
      { from: 'START', to: 'write' },
      { from: 'write', to: 'check' },
      { from: 'check', to: 'write', choice: 'again' },
      { from: 'check', to: 'write', choice: 'once more' },
      { from: 'check', to: 'END', choice: 'done' },
    ],
  })
  const x = (name: string) => layout?.places.find((node) => node.name === name)?.x ?? Number.NaN
  expect(x('START')).toBeLessThan(x('write'))
  expect(x('write')).toBeLessThan(x('check'))
  expect(x('check')).toBeLessThan(x('END'))
  expect(layout?.ways).toHaveLength(4)
  expect(layout?.ways.find(({ from, to }) => from === 'check' && to === 'write')?.choices).toEqual([
    'again',
    'once more',
  ])
})

test('what is within a subgraph lies on it when it is unfolded, and nowhere when it is not', () => {
  const outline = {
    nodes: ['before', 'low', 'after'].map((name) => ({ name, type: 'llm' })),
    edges: [
      { from: 'START', to: 'before' },
      { from: 'before', to: 'low' },
      { from: 'low', to: 'after' },
      { from: 'after', to: 'END' },
    ],
    subgraphs: [
      {
        name: 'low',
        nodes: ['low.a', 'low.deep'].map((name) => ({ name, type: 'llm' })),
        edges: [
          { from: 'START', to: 'low.a' },
          { from: 'low.a', to: 'low.deep' },
          { from: 'low.deep', to: 'low.a', choice: 'again' },
          { from: 'low.deep', to: 'END', choice: 'done' },
        ],
      },
      { name: 'low.deep', nodes: [{ name: 'low.deep.x', type: 'llm' }], edges: [{ from: 'START', to: 'low.deep.x' }] },
    ],
  }
  expect(layoutGraph(outline)?.places.some(({ name }) => name === 'low.a')).toBe(false)
  const { places = [], ways = [], width = 0 } = layoutGraph(outline, new Set(['low', 'low.deep'])) ?? {}
  const inner = places.filter(({ within }) => within !== undefined)
  expect(inner.map(({ name, within }) => `${within} ${name}`)).toContain('low.deep low.deep.x')
  for (const { within, x, y, width, height } of inner) {
    const group = places.find(({ name }) => name === within)
    expect(group?.isGroup).toBe(true)
    expect(x).toBeGreaterThanOrEqual(group?.x ?? Number.NaN)
    expect(x + width).toBeLessThanOrEqual((group?.x ?? 0) + (group?.width ?? 0))
    expect(y).toBeGreaterThan(group?.y ?? Number.NaN)
    expect(y + height).toBeLessThan((group?.y ?? 0) + (group?.height ?? 0))
  }
  const after = places.find(({ name }) => name === 'after')
  const low = places.find(({ name }) => name === 'low')
  expect(after?.x).toBeGreaterThan((low?.x ?? 0) + (low?.width ?? 0))
  // The ways within begin where their nodes have come to lie.
  const a = places.find(({ name }) => name === 'low.a')
  const way = ways.find(({ from, to }) => from === 'low.a' && to === 'low.deep')
  expect(way?.path.startsWith(`M${(a?.x ?? 0) + (a?.width ?? 0)} `)).toBe(true)
  expect(ways.every(({ labelX }) => labelX > 0 && labelX < width)).toBe(true)
})

test('a graph that is too large for a picture has none', () => {
  const nodes = Array.from({ length: 500 }, (_, index) => ({ name: `n${index}`, type: 'llm' }))
  expect(layoutGraph({ nodes, edges: [] })).toBeUndefined()
})
