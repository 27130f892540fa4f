import { describe, expect, test } from 'vitest'
import { runNodes } from '../../../../test/helpers/run-nodes.ts'
import type { LambdaNodeConfig } from './lambda.ts'

const lambda = (run: LambdaNodeConfig['lambda'], outputKeys?: string | string[]): LambdaNodeConfig => ({
  node_type: 'lambda',
  lambda: run,
  output_keys: outputKeys,
})

class Doubles {
  apply({ n }: { n: number }) {
    return { n: n * 2 }
  }
}

describe('what a function gives is written', () => {
  test.each([
    ['a map', () => ({ n: 2, m: 3 }), undefined, { n: 2, m: 3 }],
    ['nothing', () => undefined, undefined, { n: 1 }],
    ['a map, later', async () => ({ n: 2 }), undefined, { n: 2 }],
    ['a bare value for the one key', () => 5, 'n', { n: 5 }],
    ['a list for the one key', () => [5], 'n', { n: [5] }],
    ['a map that is the value of the one key', () => ({ a: 1 }), 'n', { n: { a: 1 } }],
    ['a map that holds the one key', () => ({ n: 7 }), 'n', { n: 7 }],
    ['the method apply of a class', Doubles, undefined, { n: 2 }],
  ])('%s', async (_what, run, outputKeys, expected) => {
    const { records } = await runNodes({ it: lambda(run, outputKeys) }, { rows: [{ id: 'r1', n: 1 }] })
    expect(records).toEqual([{ id: 'r1', ...expected }])
  })

  test('it is given its own settings, the arguments of the run and a signal', async () => {
    const run = (
      _state: unknown,
      node: { threshold: number },
      context: { runArgs: { plus: number }; signal: AbortSignal },
    ) => ({
      sum: node.threshold + context.runArgs.plus,
      isAborted: context.signal.aborted,
    })
    const node = { ...lambda(run), threshold: 4 }
    const { records } = await runNodes({ it: node }, { options: { runArgs: { plus: 1 } } })
    expect(records).toEqual([{ id: 'r1', sum: 5, isAborted: false }])
  })
})

test.each([
  ['a bare value without a key', () => 5, undefined, /it: the function gave 5; expected a map of state keys, or a key/],
  ['a Map, which would vanish', () => new Map([['n', 1]]), undefined, /gave a Map; expected a map of state keys/],
  ['a bare value for several keys', () => 5, ['a', 'b'], /gave 5; expected a map of a, b/],
])('%s fails its record', async (_what, run, outputKeys, message) => {
  const { records, failures } = await runNodes({ it: lambda(run, outputKeys) })
  expect(records).toEqual([])
  expect(failures).toMatchObject([{ error: { code: 'bad_function', message: expect.stringMatching(message) } }])
})
