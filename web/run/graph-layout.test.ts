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

test('a graph that is too large for a picture has none', () => {
  const nodes = Array.from({ length: 500 }, (_, index) => ({ name: `n${index}`, type: 'llm' }))
  expect(layoutGraph({ nodes, edges: [] })).toBeUndefined()
})
