import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { VirtualTime } from '../../../test/helpers/virtual-time.ts'
import { graphIssuesOf } from '../config/check-graph-config.ts'
import type { GraphConfig } from '../config/graph-config.ts'
import type { EdgeConfig } from '../config/topology/edge-config.ts'
import { readGraphShape } from '../config/topology/graph-shape.ts'
import { compileGraph } from './compile-graph.ts'
import { runGraph } from './run-graph.ts'

/** Any graph of up to seven nodes in which every node is reached and comes to END: loops, branches and joins as they fall. */
const anyGraph = fc
  .integer({ min: 1, max: 7 })
  .chain((count) =>
    fc
      .array(
        fc.record({
          from: fc.integer({ min: -1, max: count - 1 }),
          to: fc.array(fc.integer({ min: 0, max: count }), { minLength: 1, maxLength: 3 }),
          isConditional: fc.boolean(),
        }),
        { minLength: count, maxLength: count * 3 },
      )
      .map((edges) => configOf(count, edges)),
  )
  .filter((config) => {
    const shape = readGraphShape(config)
    return shape !== undefined && graphIssuesOf(shape).length === 0
  })

function configOf(
  count: number,
  edges: readonly { readonly from: number; readonly to: readonly number[]; readonly isConditional: boolean }[],
): GraphConfig {
  const nameOf = (index: number) => (index < 0 ? 'START' : index === count ? 'END' : `n${index}`)
  const nodes = Array.from({ length: count }, (_none, index) => [
    nameOf(index),
    { node_type: 'lambda' as const, lambda: 'x#y' },
  ])
  return {
    graph_config: {
      graph_properties: { reducers: { log: 'append' } },
      nodes: Object.fromEntries(nodes),
      edges: edges.map(
        ({ from, to, isConditional }, index): EdgeConfig =>
          isConditional
            ? {
                from: nameOf(from),
                condition: `x#c${index}`,
                path_map: Object.fromEntries(to.map((target, choice) => [String(choice), nameOf(target)])),
              }
            : { from: nameOf(from), to: to.map(nameOf) },
      ),
    },
  }
}

/** What becomes of a record: the passes of each node and what they were given, whatever the durations. */
async function outcomeOf(
  config: GraphConfig,
  choiceOf: (edge: number, pass: number) => number,
  durationOf: () => number,
) {
  const time = new VirtualTime()
  const passes = new Map<string, number>()
  const given: Record<string, string> = {}
  const next = (name: string) => {
    passes.set(name, (passes.get(name) ?? 0) + 1)
    return passes.get(name) ?? 0
  }
  const run = runGraph({
    graph: compileGraph(config),
    state: {},
    loopLimit: 8,
    execute: async ({ name }, state) => {
      const pass = next(name)
      given[`${name}/${pass}`] = JSON.stringify(Object.entries(state).sort())
      await time.wait(durationOf())
      return { [name]: pass, log: [`${name}/${pass}`] }
    },
    decide: ({ index, choices }) => choices[choiceOf(index, next(`edge ${index}`)) % choices.length] ?? '',
  })
  try {
    const state = await time.until(run)
    return { given, state }
  } catch (error) {
    return { error: String(error) }
  }
}

/** A draw for each of many passes, to be had again in the same order. */
const draws = fc.array(fc.nat(20), { minLength: 40, maxLength: 40 })

test('how long nodes take changes neither how often they run nor what they see', async () => {
  const property = fc.asyncProperty(anyGraph, draws, draws, draws, async (config, choices, slow, fast) => {
    const choiceOf = (edge: number, pass: number) => choices[(edge * 7 + pass * 3) % choices.length] ?? 0
    const one = await outcomeOf(config, choiceOf, roundRobin(slow))
    const other = await outcomeOf(config, choiceOf, roundRobin(fast))
    // Choices that never leave a loop end at its limit, wherever the other branches are by then.
    if ('error' in one) expect(other).toHaveProperty('error')
    else expect(other).toEqual(one)
  })
  await fc.assert(property, { numRuns: 600 })
})

function roundRobin(values: readonly number[]): () => number {
  let turn = 0
  return () => {
    turn += 1
    return values[turn % values.length] ?? 0
  }
}
