import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runExample } from '../../../test/helpers/run-example.ts'

test('each line is a sound, as a file, and is charged by its characters', async () => {
  const { records, failures, metadata } = await runExample('text_to_speech', { hasAnswers: false })
  expect(failures).toEqual([])
  for (const { speech } of records) expect(readFileSync(String(speech)).toString('latin1', 0, 4)).toBe('RIFF')
  const characters = records.reduce((sum, { text }) => sum + String(text).length, 0)
  const [fee] = metadata?.models['tts-1']?.cost?.receipt?.[0]?.fees ?? []
  expect(fee).toMatchObject({ unit: 'character', quantity: characters, usd_per_unit: 0.000015 })
  expect(metadata?.aggregate_statistics.cost.total_cost_usd).toBeCloseTo(characters * 0.000015, 6)
})
