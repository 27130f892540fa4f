import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { GraphOutline } from '../../metadata/event.ts'
import { EdgeCounter, GraphTraffic } from './edge-traffic.ts'

/** A graph from lines such as `a > b` and `a > b if again`. */
function graphOf(...lines: readonly string[]): GraphOutline {
  const edges = lines.map((line) => {
    const [, from = '', to = '', choice] = /^([\w.]+) > ([\w.]+)(?: if (\w+))?$/.exec(line) ?? []
    return { from, to, ...(choice === undefined ? {} : { choice }) }
  })
  return { nodes: [], edges }
}

function countsOf(counter: EdgeCounter): Record<string, number> {
  return Object.fromEntries(counter.traffic().map(({ from, to, count }) => [`${from} > ${to}`, count]))
}

function take(counter: EdgeCounter, recordId: string, nodes: readonly string[], succeeded = true): void {
  for (const node of nodes) {
    counter.nodeEnd({ type: 'node-end', node, nodeType: 'llm', recordId, succeeded: true, durationSeconds: 1 })
  }
  counter.recordEnd({ recordId, succeeded })
}

const loop = graphOf('START > write', 'write > check', 'check > write if again', 'check > END if done')

test('a loop is counted as often as it was gone round', () => {
  const counter = new EdgeCounter(loop)
  take(counter, 'a', ['write', 'check', 'write', 'check'])
  take(counter, 'b', ['write', 'check'])
  expect(countsOf(counter)).toEqual({ 'START > write': 2, 'write > check': 3, 'check > write': 1, 'check > END': 2 })
})

test('a choice leads to one place, not to those that come later on the way', () => {
  const counter = new EdgeCounter(graphOf('START > a', 'a > b if x', 'a > c if y', 'b > c', 'c > END'))
  take(counter, 'one', ['a', 'b', 'c'])
  take(counter, 'two', ['a', 'c'])
  expect(countsOf(counter)).toEqual({ 'START > a': 2, 'a > b': 1, 'a > c': 1, 'b > c': 1, 'c > END': 2 })
})

test('branches at the same time are each counted, in any order of their ends', () => {
  const counter = new EdgeCounter(graphOf('START > a', 'a > b', 'a > c', 'b > d', 'c > d', 'd > END'))
  take(counter, 'one', ['a', 'b', 'c', 'd'])
  take(counter, 'two', ['a', 'c', 'b', 'd'])
  for (const count of Object.values(countsOf(counter))) expect(count).toBe(2)
})

test('a record that failed did not reach the end', () => {
  const counter = new EdgeCounter(loop)
  take(counter, 'a', ['write', 'check'], false)
  expect(countsOf(counter)['check > END']).toBe(0)
})

test('records at the same time do not disturb each other', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.nat()),
      (rounds, picks) => {
        const ways = rounds.map((count) => Array.from({ length: count }, () => ['write', 'check']).flat())
        const counter = new EdgeCounter(loop)
        const open = ways.map((nodes, index) => ({ id: `r${index}`, nodes: [...nodes] }))
        while (open.length > 0) {
          const index = (picks.next().value ?? 0) % open.length
          const record = open[index]
          const node = record?.nodes.shift()
          if (record === undefined) break
          if (node === undefined) {
            counter.recordEnd({ recordId: record.id, succeeded: true })
            open.splice(index, 1)
          } else {
            counter.nodeEnd({
              type: 'node-end',
              node,
              nodeType: 'llm',
              recordId: record.id,
              succeeded: true,
              durationSeconds: 1,
            })
          }
        }
        const total = rounds.reduce((sum, count) => sum + count, 0)
        expect(countsOf(counter)).toEqual({
          'START > write': rounds.length,
          'write > check': total,
          'check > write': total - rounds.length,
          'check > END': rounds.length,
        })
      },
    ),
  )
})

test('a subgraph has ways of its own, as often as records went through it', () => {
  const within = {
    name: 'low',
    ...graphOf('START > low.a', 'low.a > low.b', 'low.b > low.a if again', 'low.b > END if done'),
  }
  const nodes = ['low.a', 'low.b'].map((name) => ({ name, type: 'llm' }))
  const traffic = new GraphTraffic({
    ...graphOf('START > low', 'low > check', 'check > low if again', 'check > END if done'),
    subgraphs: [{ ...within, nodes }],
  })
  const passes = ['low.a', 'low.b', 'low.a', 'low.b', 'low', 'check', 'low.a', 'low.b', 'low', 'check']
  for (const node of passes) {
    traffic.nodeEnd({ type: 'node-end', node, nodeType: 'llm', recordId: 'r', succeeded: true, durationSeconds: 1 })
  }
  traffic.recordEnd({ type: 'record-end', recordId: 'r', succeeded: true })
  const counts = traffic.traffic().map(({ from, to, count, within: place = '' }) => `${place} ${from} > ${to} ${count}`)
  expect(counts).toEqual([
    ' START > low 1',
    ' low > check 2',
    ' check > low 1',
    ' check > END 1',
    'low START > low.a 2',
    'low low.a > low.b 3',
    'low low.b > low.a 1',
    'low low.b > END 2',
  ])
})
