import { expect, test } from 'vitest'
import { runExample } from '../../../test/helpers/run-example.ts'

test('records are made from nothing, all different, and the same for the same seed', async () => {
  const first = await runExample('persona_dialogues', { numRecords: 20 })
  expect(first.failures).toEqual([])
  expect(first.records).toHaveLength(20)
  const drawn = ({ persona, topic, mood }: (typeof first.records)[number]) => [persona, topic, mood].join(' / ')
  expect(new Set(first.records.map(drawn)).size).toBeGreaterThan(10)
  for (const { messages, topic } of first.records) {
    expect(messages).toMatchObject([
      { role: 'user', content: expect.stringContaining(String(topic)) },
      { role: 'assistant', content: expect.stringContaining(String(topic)) },
    ])
  }
  const second = await runExample('persona_dialogues', { numRecords: 20, batchSize: 3 })
  expect(second.records.map(drawn)).toEqual(first.records.map(drawn))
  expect(first.metadata?.nodes.draw).toMatchObject({ node_type: 'weighted_sampler', model_name: null })
})
