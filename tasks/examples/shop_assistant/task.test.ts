import { expect, test } from 'vitest'
import { runExample } from '../../../test/helpers/run-example.ts'
import { convert, findProducts, lookUp } from './tools.ts'

test('the agent looks up what it says, and each of its steps is counted at the node', async () => {
  const { records, failures, metadata } = await runExample('shop_assistant')
  expect(failures).toEqual([])
  expect(records.map(({ id, reply }) => [id, reply])).toEqual([
    ['s1', 'Down jacket, warm: 173.88 EUR, 4 in stock.'],
    ['s2', 'Trail shoes: 119.5 USD, 23 in stock.'],
    ['s3', 'Tent for two: 240 USD, 0 in stock.'],
    ['s4', 'Headlamp: 34.32 CHF, 80 in stock.'],
    ['s5', 'We do not sell a surfboard.'],
    ['s6', 'I can only help with the products of the shop.'],
  ])
  expect(records.map(({ tools_used: used }) => (Array.isArray(used) ? used.length : 0))).toEqual([3, 2, 2, 3, 1, 0])
  expect(metadata?.nodes.assist).toMatchObject({ node_type: 'agent', total_executions: 6 })
  // One request for each tool call, and one for the reply.
  expect(metadata?.aggregate_statistics.requests.total_requests).toBe(11 + 6)
})

test('the tools say what there is, and refuse what there is not', () => {
  expect(findProducts.execute({ words: ['TENT'] })).toEqual([{ code: 'T2', name: 'Tent for two' }])
  expect(convert.execute({ usd: 100, currency: 'CHF' })).toBe('88.00 CHF')
  expect(() => lookUp.execute({ code: 'X' })).toThrow('there is no product "X"')
})
