import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { graphOf } from '../../../test/helpers/graph-of.ts'
import { runInto, runTraced, type Trace, type TracedRun } from '../../../test/helpers/run-traced.ts'
import { SygraError } from '../../errors.ts'
import { compileGraph } from './compile-graph.ts'
import { runGraph } from './run-graph.ts'
import type { State } from './state.ts'

interface Case extends TracedRun {
  readonly name: string
  /** `name@time` of each pass, in order. */
  readonly expected: readonly string[]
}

const cases: readonly Case[] = [
  {
    name: 'a sequence runs node after node',
    edges: `
      START > a
      a > b
      b > END`,
    expected: ['a@0', 'b@1'],
  },
  {
    name: 'a condition takes one path',
    edges: `
      START > a
      a ? yes: b, no: c
      b > END
      c > END`,
    choices: { a: ['no'] },
    expected: ['a@0', 'c@1'],
  },
  {
    name: 'a condition may stand at the very beginning',
    edges: `
      START ? yes: a, no: b
      a > END
      b > END`,
    choices: { START: ['no'] },
    expected: ['b@0'],
  },
  {
    name: 'a loop goes round until its condition leads out',
    edges: `
      START > a
      a > b
      b ? again: a, done: END`,
    choices: { b: ['again', 'again', 'done'] },
    expected: ['a@0', 'b@1', 'a@2', 'b@3', 'a@4', 'b@5'],
  },
  {
    name: 'a node may lead back to itself',
    edges: `
      START > a
      a ? again: a, done: END`,
    choices: { a: ['again', 'again', 'done'] },
    expected: ['a@0', 'a@1', 'a@2'],
  },
  {
    name: 'a diamond runs its branches at once and its join once',
    edges: `
      START > a
      a > b, c
      b > d
      c > d
      d > END`,
    durations: { c: 5 },
    expected: ['a@0', 'b@1', 'c@1', 'd@6'],
  },
  {
    name: 'branches may begin at START',
    edges: `
      START > a, b
      a > c
      b > c
      c > END`,
    durations: { b: 3 },
    expected: ['a@0', 'b@0', 'c@3'],
  },
  {
    name: 'branches of different length join when the longer one is there',
    edges: `
      START > a
      a > b, c
      b > d
      d > e
      c > e
      e > END`,
    expected: ['a@0', 'b@1', 'c@1', 'd@2', 'e@3'],
  },
  {
    name: 'a branch that a condition leads away from a join is not waited for',
    edges: `
      START > a
      a > b, c
      b ? join: d, leave: x
      c > d
      d > END
      x > END`,
    choices: { b: ['leave'] },
    durations: { x: 9 },
    expected: ['a@0', 'b@1', 'c@1', 'x@2', 'd@2'],
  },
  {
    name: 'a condition inside of a branch is waited for while it may still lead to the join',
    edges: `
      START > a
      a > b, c
      b ? join: d, leave: x
      c > d
      d > END
      x > END`,
    choices: { b: ['leave'] },
    durations: { b: 7 },
    expected: ['a@0', 'b@1', 'c@1', 'd@8', 'x@8'],
  },
  {
    name: 'a branch that comes to END early does not end the others',
    edges: `
      START > a
      a > b, c
      b > END
      c > d
      d > END`,
    expected: ['a@0', 'b@1', 'c@1', 'd@2'],
  },
  {
    name: 'a branch that comes to END early by a condition is not waited for',
    edges: `
      START > a
      a > b, c
      b ? on: d, stop: END
      c > d
      d > END`,
    choices: { b: ['stop'] },
    expected: ['a@0', 'b@1', 'c@1', 'd@2'],
  },
  {
    name: 'parallel branches within a branch join inside out',
    edges: `
      START > a
      a > b, c
      b > b1, b2
      b1 > b3
      b2 > b3
      b3 > d
      c > d
      d > END`,
    durations: { b2: 4 },
    expected: ['a@0', 'b@1', 'c@1', 'b1@2', 'b2@2', 'b3@6', 'd@7'],
  },
  {
    name: 'a loop within a branch keeps the join waiting until it is left',
    edges: `
      START > a
      a > b, c
      b ? again: b, done: d
      c > d
      d > END`,
    choices: { b: ['again', 'again', 'done'] },
    expected: ['a@0', 'b@1', 'c@1', 'b@2', 'b@3', 'd@4'],
  },
  {
    name: 'parallel branches within a loop run again in every round, and their join once a round',
    edges: `
      START > a
      a > b, c
      b > d
      c > d
      d ? again: a, done: END`,
    choices: { d: ['again', 'done'] },
    durations: { c: 2 },
    expected: ['a@0', 'b@1', 'c@1', 'd@3', 'a@4', 'b@5', 'c@5', 'd@7'],
  },
  {
    name: 'a branch that goes back before the fork is waited for, and the join runs once',
    edges: `
      START > a
      a > b, c
      b ? again: a, done: d
      c > d
      d > END`,
    choices: { b: ['again', 'done'] },
    expected: ['a@0', 'b@1', 'c@1', 'a@2', 'b@3', 'c@3', 'd@4'],
  },
  {
    name: 'a node that is asked for while it runs runs again afterwards',
    edges: `
      START > a
      a > b, c
      b ? again: a, done: d
      c > d
      d > END`,
    choices: { b: ['again', 'done'] },
    durations: { c: 10 },
    expected: ['a@0', 'b@1', 'c@1', 'a@2', 'b@3', 'c@11', 'd@21'],
  },
  {
    name: 'two branches that both go back before the fork go back once',
    edges: `
      START > a
      a > b, c
      b ? again: a, done: d
      c ? again: a, done: d
      d > END`,
    choices: { b: ['again', 'done'], c: ['again', 'done'] },
    durations: { c: 5 },
    expected: ['a@0', 'b@1', 'c@1', 'a@6', 'b@7', 'c@7', 'd@12'],
  },
  {
    name: 'a direct edge and a condition from the same node both lead on',
    edges: `
      START > a
      a > b
      a ? yes: c, no: END
      b > d
      c > d
      d > END`,
    choices: { a: ['yes'] },
    expected: ['a@0', 'b@1', 'c@1', 'd@2'],
  },
  {
    name: 'two ways to the same node at once are one pass',
    edges: `
      START > a
      a > b
      a ? yes: b, no: END
      b > END`,
    choices: { a: ['yes'] },
    expected: ['a@0', 'b@1'],
  },
  {
    name: 'the same edge written twice is one edge',
    edges: `
      START > a
      START > a
      a > END`,
    expected: ['a@0'],
  },
  {
    name: 'an idle node is passed over, and its edges hold',
    edges: `
      START > a
      a > b
      b ? left: c, right: d
      c > END
      d > END`,
    idle: ['b'],
    choices: { b: ['right'] },
    expected: ['a@0', 'd@1'],
  },
  {
    name: 'an idle branch joins at once',
    edges: `
      START > a
      a > b, c
      b > d
      c > d
      d > END`,
    idle: ['b'],
    durations: { c: 3 },
    expected: ['a@0', 'c@1', 'd@4'],
  },
]

test.each(cases)('$name', async ({ expected, ...run }) => {
  const { beganAt } = await runTraced(run)
  expect(beganAt).toEqual(expected)
})

test('the documentation has every case', () => {
  const rows = readFileSync('docs/workflow.md', 'utf8').match(/^\| (an?|branches|parallel|two|the same) .*$/gm) ?? []
  const documented = rows.map((row) => row.split(' | ')[0]?.slice(2))
  expect(documented.filter((name) => cases.some((one) => one.name === name))).toEqual(cases.map(({ name }) => name))
})

test('without edges the nodes run in the order they stand', async () => {
  const lambda = { node_type: 'lambda' as const, lambda: './task.ts#act' }
  const graph = compileGraph({ graph_config: { nodes: { second: lambda, first: lambda } } })
  const began: string[] = []
  await runGraph({ graph, state: {}, execute: ({ name }) => void began.push(name), decide: () => '' })
  expect(began).toEqual(['second', 'first'])
})

test('what nodes and conditions answer may be awaited or not', async () => {
  const graph = compileGraph(graphOf({ edges: 'START > a\na ? again: a, done: END' }))
  // A promise of another realm is awaited too.
  const later = (value: unknown) => runInNewContext('Promise.resolve(value)', { value })
  const answers = [{ sync: 1 }, Promise.resolve({ promise: 1 }), later({ foreign: 1 }), undefined]
  const choices = ['again', Promise.resolve('again'), later('again'), 'done']
  const execute = () => answers.shift()
  const state = await runGraph({ graph, state: {}, execute, decide: () => choices.shift() ?? '' })
  expect(state).toEqual({ sync: 1, promise: 1, foreign: 1 })
})

describe('the state', () => {
  const diamond = `
    START > a
    a > b, c
    b > d
    c > d
    d > END`

  test('what nodes write replaces what was there, and the record itself is not changed', async () => {
    const record = { text: 'hello', kept: 1 }
    const nodes = { a: (state: State) => ({ text: `${state.text}!` }) }
    const { state } = await runTraced({ edges: 'START > a\na > END', state: record, nodes })
    expect(state).toEqual({ text: 'hello!', kept: 1 })
    expect(record).toEqual({ text: 'hello', kept: 1 })
  })

  test('a join sees what all its branches wrote', async () => {
    const { given, state } = await runTraced({ edges: diamond, state: { id: 7 } })
    expect(given.d1).toEqual({ id: 7, a: true, b: true, c: true })
    expect(state).toEqual({ id: 7, a: true, b: true, c: true, d: true })
  })

  test('branches do not see each other before they join, whoever is faster', async () => {
    const edges = `
      START > a
      a > b, c
      b > b2
      b2 > d
      c > d
      d > END`
    const { given } = await runTraced({ edges, durations: { b: 5 } })
    expect(given.b21).toEqual({ a: true, b: true })
    expect(given.c1).toEqual({ a: true })
  })

  test.each([
    { name: 'in a sequence', edges: 'START > a\na > b\nb > END' },
    { name: 'in a branch', edges: diamond },
  ])('a node that changes the state it was given changes nothing, $name', async ({ edges }) => {
    const nodes = {
      a: (state: State) => {
        state.id = 'spoilt'
        return undefined
      },
      b: (state: State) => {
        delete state.id
        state.b = 'spoilt'
        return undefined
      },
    }
    const { given, state } = await runTraced({ edges, state: { id: 7 }, nodes })
    expect(given.b1).toEqual({ id: 7 })
    expect(state).toMatchObject({ id: 7 })
    expect(state.b).toBeUndefined()
  })

  test('what a branch wrote before it came to END is in the result', async () => {
    const { state } = await runTraced({ edges: 'START > a, b\na > END\nb > c\nc > END' })
    expect(state).toEqual({ a: true, b: true, c: true })
  })

  test('messages are appended in the order of the edges, not of time', async () => {
    const say = (text: string) => () => ({ messages: [{ role: 'user', content: text }] })
    const nodes = { a: say('a'), b: say('b'), c: say('c'), d: say('d') }
    const { state } = await runTraced({ edges: diamond, nodes, durations: { b: 9 } })
    expect(state.messages).toEqual(['a', 'b', 'c', 'd'].map((content) => ({ role: 'user', content })))
  })

  test('a node may give back the whole chat or the whole state: old messages are not added again', async () => {
    const nodes = {
      a: () => ({ messages: [{ content: 'a' }] }),
      b: (state: State) => ({ ...state, messages: [...(state.messages as object[]), { content: 'b' }] }),
      c: (state: State) => state,
      d: (state: State) => ({ ...state, d: 1 }),
    }
    const { state } = await runTraced({ edges: diamond, nodes })
    expect(state).toEqual({ messages: [{ content: 'a' }, { content: 'b' }], d: 1 })
  })

  test.each([
    { reducer: 'append', written: { b: ['x'], c: ['x'] }, before: ['x'], after: ['x', 'x', 'x'] },
    {
      reducer: 'merge',
      written: { b: { b: 1, s: 1 }, c: { c: 2, s: 2 } },
      before: { a: 0 },
      after: { a: 0, b: 1, c: 2, s: 2 },
    },
    { reducer: 'sum', written: { b: 5, c: 5 }, before: 5, after: 15 },
    { reducer: 'last', written: { b: 'b', c: 'c' }, before: 'a', after: 'c' },
    {
      reducer: (current: unknown, written: unknown) => `${current}${written}`,
      written: { b: 'b', c: 'c' },
      before: 'a',
      after: 'abc',
    },
  ])('the reducer $reducer combines what branches write', async ({ reducer, written, before, after }) => {
    const nodes = {
      a: () => undefined,
      b: () => ({ key: written.b }),
      c: () => ({ key: written.c }),
      d: () => undefined,
    }
    const run = { edges: diamond, nodes, state: { key: before }, reducers: { key: reducer }, durations: { b: 4 } }
    expect((await runTraced(run)).state).toEqual({ key: after })
  })

  test('branches that write the same key without a reducer are refused, though no output_keys told it', async () => {
    const nodes = { b: () => ({ answer: 'b' }), c: () => ({ answer: 'c' }) }
    const run = runTraced({ edges: diamond, nodes })
    await expect(run).rejects.toThrow('nodes "b" and "c" ran in parallel and both wrote "answer"')
    await expect(run).rejects.toHaveProperty('code', 'bad_config')
  })

  test('branches that write the same value to a key agree', async () => {
    const nodes = { b: () => ({ answer: 'x' }), c: () => ({ answer: 'x' }) }
    expect((await runTraced({ edges: diamond, nodes })).state).toMatchObject({ answer: 'x' })
  })

  test('of two passes of one node the later one counts', async () => {
    const edges = `
      START > a
      a > b, c
      b ? again: a, done: d
      c > d
      d > END`
    const nodes = { c: (_state: State, visit: number) => ({ c: visit }) }
    const { given } = await runTraced({ edges, nodes, choices: { b: ['again', 'done'] } })
    expect(given.d1).toMatchObject({ c: 2 })
  })
})

describe('what goes wrong', () => {
  const fails = (error: unknown) => () => {
    throw error
  }

  test('an error of a node goes on unchanged', async () => {
    const error = new TypeError('mine')
    await expect(runTraced({ edges: 'START > a\na > END', nodes: { a: fails(error) } })).rejects.toBe(error)
    await expect(runTraced({ edges: 'START > a, b\na > END\nb > END', nodes: { a: fails(error) } })).rejects.toBe(error)
  })

  test('a failing node lets those beside it end, starts none after it, and then rejects', async () => {
    const trace: Trace = { began: [], beganAt: [], given: {} }
    let isDone = false
    const nodes = {
      a: fails(new Error('first')),
      b: () => {
        isDone = true
        return undefined
      },
    }
    const edges = `
      START > a, b
      a > x
      b > y
      x > END
      y > END`
    const run = runInto(trace, { edges, nodes, durations: { b: 5 } })
    await expect(run).rejects.toThrow('first')
    expect(isDone).toBe(true)
    expect(trace.began).toEqual(['a', 'b'])
  })

  test.each([
    { name: 'in a sequence', edges: 'START > a\na ? again: a, done: END' },
    { name: 'in a branch', edges: 'START > a, b\nb > END\na ? again: a, done: END' },
  ])('a loop that does not end is stopped at its limit, naming the node, $name', async ({ edges }) => {
    const run = runTraced({ edges, choices: { a: ['again'] }, maxLoops: 3 })
    await expect(run).rejects.toThrow('node "a" has run 3 times for one record')
    await expect(run).rejects.toHaveProperty('code', 'loop_limit')
  })

  test('a node may run 100 times when nothing else is said', async () => {
    const graph = compileGraph(graphOf({ edges: 'START > a\na ? again: a, done: END' }))
    let passes = 0
    const execute = () => {
      passes += 1
      return undefined
    }
    await expect(runGraph({ graph, state: {}, execute, decide: () => 'again' })).rejects.toThrow(SygraError)
    expect(passes).toBe(100)
  })

  test('a condition that gives no known path is refused, with the nearest one', async () => {
    const run = runTraced({ edges: 'START > a\na ? again: a, done: END', choices: { a: ['don'] } })
    await expect(run).rejects.toThrow(
      'the condition after "a" gave "don"; expected "again" or "done"; did you mean "done"?',
    )
  })

  test.each([
    { given: ['x'], found: 'a list' },
    { given: 'x', found: '"x"' },
    { given: new Map([['x', 1]]), found: 'a Map' },
    { given: new Date(0), found: 'a Date' },
  ])('a node that gives $found is refused', async ({ given, found }) => {
    const nodes = { a: () => given as never }
    await expect(runTraced({ edges: 'START > a\na > END', nodes })).rejects.toThrow(
      `node "a" gave ${found}; expected a map of state keys, or nothing`,
    )
  })

  test.each([
    { name: 'a sequence', edges: 'START > a\na > b\nb > END' },
    { name: 'branches', edges: 'START > a, c\na > b\nb > END\nc > END' },
  ])('after an abort $name starts no further node and rejects with its reason', async ({ edges }) => {
    const controller = new AbortController()
    const trace: Trace = { began: [], beganAt: [], given: {} }
    const nodes = {
      a: () => {
        controller.abort(new Error('enough'))
        return undefined
      },
    }
    const run = runInto(trace, { edges, nodes, signal: controller.signal })
    await expect(run).rejects.toThrow('enough')
    expect(trace.began).not.toContain('b')
  })
})

test('in a graph without loops every node runs once and sees what all nodes before it wrote', async () => {
  const anyDag = fc
    .integer({ min: 1, max: 9 })
    .chain((count) =>
      fc
        .array(fc.uniqueArray(fc.nat(count), { minLength: 1 }), { minLength: count, maxLength: count })
        .map((wanted) =>
          wanted.map((targets, index) => [...new Set(targets.map((target) => Math.max(target, index + 1)))]),
        ),
    )
  const nameOf = (index: number, count: number) => (index === count ? 'END' : `n${index}`)
  const property = fc.asyncProperty(
    anyDag,
    fc.array(fc.nat(9), { minLength: 9, maxLength: 9 }),
    async (targets, times) => {
      const orphans = targets
        .map((_all, index) => index)
        .filter((index) => !targets.slice(0, index).flat().includes(index))
      const edges = [
        `START > ${orphans.map((index) => nameOf(index, targets.length)).join(', ')}`,
        ...targets.map((all, index) => `n${index} > ${all.map((target) => nameOf(target, targets.length)).join(', ')}`),
      ].join('\n')
      const durations = Object.fromEntries(times.map((time, index) => [`n${index}`, time]))
      const { began, given } = await runTraced({ edges, durations })
      expect([...began].sort()).toEqual(targets.map((_all, index) => `n${index}`))
      targets.forEach((_all, index) => {
        expect(Object.keys(given[`n${index}1`] ?? {}).sort()).toEqual([...ancestorsOf(index, targets)].sort())
      })
    },
  )
  await fc.assert(property, { numRuns: 200 })
})

function ancestorsOf(index: number, targets: readonly (readonly number[])[]): ReadonlySet<string> {
  const parents = targets.flatMap((all, parent) => (all.includes(index) ? [parent] : []))
  return new Set(parents.flatMap((parent) => [`n${parent}`, ...ancestorsOf(parent, targets)]))
}
