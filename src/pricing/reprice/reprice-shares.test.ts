import { expect, test } from 'vitest'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import { RunTotals } from '../../metadata/run-totals.ts'
import { summarize } from '../../metadata/summary.ts'
import type { TokenClass, Usage } from '../../metadata/usage.ts'
import { MetadataCollector } from '../../runtime/collector/metadata-collector.ts'
import { sharesOfModel } from './reprice-shares.ts'

/** Two nodes that call nothing but `m`: `a` sends 100 tokens, `b` 200. */
function twoNodes() {
  const collector = new MetadataCollector()
  for (const [nodeName, promptTokens] of [
    ['a', 100],
    ['b', 200],
  ] as const) {
    collector.recordModelRequest({ modelName: 'm', nodeName, promptTokens, completionTokens: 0, latency: 1 })
  }
  return collector.getMetadataSummary()
}

/** At a dollar for a million tokens; the total as the receipts give it. */
function sharesAt(totalUsd: number) {
  const line = { tokenClass: 'input', tokens: 300, usdPerMillion: 1, usd: totalUsd } as const
  return sharesOfModel('m', { type: 'cost', totalUsd, status: 'priced', lines: [line], parts: [] }, twoNodes())
}

test('nodes that called nothing else get the price of their own tokens', () => {
  expect(sharesAt(0.0003)).toEqual({
    type: 'shares',
    nodes: new Map([
      ['a', 0.0001],
      ['b', 0.0002],
    ]),
    outsideUsd: 0,
  })
})

test('costs of nodes may miss the total by a millionth of a dollar for each node, and by no more', () => {
  for (const total of [0.0003, 0.000302, 0.000298]) expect(sharesAt(total).type, `${total}`).toBe('shares')
  for (const total of [0.000302000001, 0.000297999999]) {
    expect(sharesAt(total)).toEqual({ type: 'unknown', reason: 'the costs of its nodes do not add up' })
  }
})

type NodeRequest = readonly [node: string | undefined, usage: Usage, model?: string]

/** A run of requests to `m`, of each node or of none; `n` stands for another model. */
function runOf(...requests: readonly NodeRequest[]) {
  const totals = new RunTotals()
  for (const [node, usage, model = 'm'] of requests) totals.add(requestEnd({ node, usage, model }))
  return summarize(totals, { generatedAtMs: 0, utcOffsetMinutes: 0 })
}

/** Shares of `m` in a run, at these USD for a million tokens of each class. */
function sharesIn(run: ReturnType<typeof runOf>, totalUsd: number, prices: Partial<Record<TokenClass, number>>) {
  const classes = Object.entries(prices) as [TokenClass, number][]
  const lines = classes.map(([tokenClass, usdPerMillion]) => ({ tokenClass, tokens: 1, usdPerMillion, usd: 0 }))
  // Of no receipt: these are new prices.
  const cost = { status: 'priced', picodollars: 0, lines: lines.map((line) => ({ ...line, picodollars: 0 })) } as const
  return sharesOfModel('m', { type: 'cost', totalUsd, status: 'priced', lines, parts: [{ cost }] }, run)
}

test('where two places called other models too, it is said which they are', () => {
  const input = { input: 1 }
  const [a, b, outside] = [['a', input] as const, ['b', input] as const, [undefined, input] as const]
  const others = [
    ['a', input, 'n'],
    ['b', input, 'n'],
  ] as const
  const reasonOf = (...requests: NodeRequest[]) => sharesIn(runOf(...requests), 1, { input: 1 })
  const among = (places: string) => ({
    type: 'unknown',
    reason: `how its tokens are shared among ${places} is not in the file`,
  })
  expect(reasonOf(a, b, ...others)).toEqual(among('a and b'))
  expect(reasonOf(a, outside, ...others)).toEqual(among('a and requests outside nodes'))
  expect(reasonOf(a, b, outside, ...others)).toEqual(among('a and b and requests outside nodes'))
})

test('each class of a node’s tokens has its price', () => {
  const kinds: [what: string, prices: Partial<Record<TokenClass, number>>, usage: Usage, usd: number][] = [
    ['text', { input: 2, output: 8 }, { input: 1e6, output: 1e6 }, 10],
    ['cached', { input: 2, cacheRead: 0.5 }, { input: 1e6, cacheRead: 2e6 }, 2 + 1],
    ['kept for five minutes', { input: 2, cacheWrite5m: 2.5 }, { input: 1e6, cacheWrite5m: 2e6 }, 2 + 5],
    ['kept for an hour', { input: 2, cacheWrite1h: 4 }, { input: 1e6, cacheWrite1h: 2e6 }, 2 + 8],
    ['heard', { input: 2, inputAudio: 30, output: 8 }, { input: 1e6, inputAudio: 1e6, output: 1e6 }, 2 + 30 + 8],
    ['spoken', { input: 2, output: 8, outputAudio: 60 }, { input: 1e6, output: 1e6, outputAudio: 1e6 }, 2 + 8 + 60],
    ['thought', { output: 8, reasoning: 9 }, { input: 0, output: 1e6, reasoning: 2e6 }, 8 + 18],
  ]
  for (const [what, prices, usage, usd] of kinds) {
    expect(sharesIn(runOf(['a', usage], ['b', usage]), 2 * usd, prices), what).toEqual({
      type: 'shares',
      nodes: new Map([
        ['a', usd],
        ['b', usd],
      ]),
      outsideUsd: 0,
    })
    // What is left is what was spent outside nodes.
    expect(sharesIn(runOf(['a', usage], [undefined, usage]), 5 * usd, prices), what).toEqual({
      type: 'shares',
      nodes: new Map([['a', usd]]),
      outsideUsd: 4 * usd,
    })
  }
})

test('of classes that the file of a node tells only together, nobody knows what they cost', () => {
  const input = { input: 1e6 }
  const untold: Partial<Record<TokenClass, number>>[] = [
    { input: 2, cacheWrite5m: 2.5, cacheWrite1h: 4 },
    { input: 2, inputAudio: 30, outputAudio: 60 },
    { input: 2, inputImage: 5 },
    { input: 2, inputVideo: 5 },
    { output: 2, outputImage: 5 },
  ]
  for (const prices of untold) {
    expect(sharesIn(runOf(['a', input], ['b', input]), 4, prices), JSON.stringify(prices)).toEqual({
      type: 'unknown',
      reason: 'how its tokens are shared among a and b is not in the file',
    })
  }
})
