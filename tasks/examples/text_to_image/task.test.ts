import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runExample } from '../../../test/helpers/run-example.ts'

test('each concept has two pictures and one that was made of them, as files, and the account has their tokens', async () => {
  const { records, failures, metadata } = await runExample('text_to_image', { hasAnswers: false })
  expect(failures).toEqual([])
  expect(records).toHaveLength(3)
  for (const { pictures, at_night: night } of records) {
    for (const path of [pictures, night].flat()) expect(readFileSync(String(path)).toString('latin1', 1, 4)).toBe('PNG')
    expect(pictures).toHaveLength(2)
  }
  // 9 pictures of 272 tokens at $40 a million, besides their prompts.
  const classes = metadata?.models['gpt-image-1']?.cost?.receipt?.[0]?.classes
  expect(classes).toContainEqual({ token_class: 'outputImage', tokens: 9 * 272, usd_per_million: 40, usd: 0.09792 })
})
