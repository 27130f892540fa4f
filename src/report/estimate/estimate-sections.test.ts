import { expect, test } from 'vitest'
import type { Section } from '../text/section.ts'
import { type EstimateRow, estimateSections } from './estimate-sections.ts'

const row = (fields: Partial<EstimateRow> = {}): EstimateRow => ({
  node: 'ask',
  model: 'm',
  requests: 10,
  promptTokens: 1_000,
  answerTokens: 400,
  usd: 2,
  mostUsd: undefined,
  unpriced: undefined,
  ...fields,
})

const sectionsOf = (nodes: readonly EstimateRow[], records = 4) =>
  estimateSections({ taskName: 'task', records, nodes, assumptions: ['answers of usual length'] })

const pairsOf = (section: Section | undefined) => (section?.type === 'pairs' ? Object.fromEntries(section.pairs) : {})

test('an estimate is the sum over nodes, and says for what', () => {
  const sections = sectionsOf([row({ mostUsd: 3, requests: 10.4 }), row({ usd: 4, mostUsd: 5, promptTokens: 0.6 })])
  expect(pairsOf(sections[0])).toEqual({
    records: '4',
    requests: '20',
    tokens: '1,801, 1,001 in, 800 out',
    cost: '$6.00, $8.00 with the longest answers allowed',
    'cost per record': '$1.50, $2.00 with the longest answers allowed',
  })
  const [, table] = sections
  expect(table?.type === 'table' ? table.rows[0] : undefined).toEqual([
    'ask',
    'm',
    '10',
    '1,000',
    '400',
    '$2.00',
    '$3.00',
  ])
  expect(pairsOf(sections.at(-1))).toEqual({ '-': 'answers of usual length' })
})

test('a model without a price makes the sum a lower bound, and is named with its reason once', () => {
  const unpriced = row({ model: 'own', usd: 0, mostUsd: 0, unpriced: 'nobody lists it' })
  const sections = sectionsOf([row({ mostUsd: 3 }), unpriced, unpriced])
  expect(pairsOf(sections[0])).toMatchObject({ cost: '≥ $2.00, ≥ $3.00 with the longest answers allowed' })
  const [, table, reasons] = sections
  expect(table?.type === 'table' ? table.rows[1]?.slice(-2) : undefined).toEqual(['unpriced', '–'])
  expect(reasons).toEqual({ type: 'pairs', title: 'Without a price', pairs: [['-', 'own: nobody lists it']] })
})

test('where nothing limits the answers of one node, no longest ones are spoken of', () => {
  expect(pairsOf(sectionsOf([row({ mostUsd: 9 }), row()])[0])).toMatchObject({ cost: '$4.00' })
  expect(pairsOf(sectionsOf([row({ mostUsd: 2 })])[0])).toMatchObject({ cost: '$2.00' })
})

test('what can be handed in as batches costs that, and the rest what it costs', () => {
  const sections = sectionsOf([row({ usd: 4, batchUsd: 2 }), row({ usd: 3 })], 0)
  expect(pairsOf(sections[0])).toMatchObject({ 'with --batch-api': '$5.00, answered within a day' })
  expect(pairsOf(sections[0])).not.toHaveProperty('cost per record')
  expect(pairsOf(sectionsOf([row()])[0])).not.toHaveProperty('with --batch-api')
  const unpriced = pairsOf(sectionsOf([row({ batchUsd: 1 }), row({ unpriced: 'why', usd: 0 })])[0])
  expect(unpriced['with --batch-api']).toBe('≥ $1.00, answered within a day')
})
