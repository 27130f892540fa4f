import { expect, test } from 'vitest'
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
