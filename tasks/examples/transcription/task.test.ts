import { expect, test } from 'vitest'
import { runExample } from '../../../test/helpers/run-example.ts'

test('each sound is a text, charged by its seconds, and its title is asked of another model', async () => {
  const { records, failures, metadata } = await runExample('transcription')
  expect(failures).toEqual([])
  expect(records.map(({ transcript, title }) => [transcript, title])).toEqual([
    ['Who is there?', 'Who is there?'],
    ['Welcome to the shop, we open at nine.', 'Welcome to the shop, we open'],
  ])
  // Each is counted as a whole second, at $0.006 a minute.
  const [fee] = metadata?.models['whisper-1']?.cost?.receipt?.[0]?.fees ?? []
  expect(fee).toMatchObject({ unit: 'audioSecond', quantity: 2, usd: 0.0002 })
})
