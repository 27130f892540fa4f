import { expect, test } from 'vitest'
import { priceRequest } from '../../src/pricing/index.ts'
import { wireFormatNamed, wireFormats } from '../../src/usage/registry.ts'
import { resultTruths } from './truth-of-results.ts'

test.each(resultTruths)('$format: $what', ({ format, document, answers }) => {
  const read = wireFormatNamed(format)?.readResult?.(document)
  expect(read?.answers.map(({ facts }) => ({ model: facts.model, usage: facts.usage }))).toEqual(
    answers.map(({ model, usage }) => ({ model, usage })),
  )
  const amounts = read?.answers.map(({ facts }, index) => {
    const { provider, model } = answers[index] ?? { provider: '', model: '' }
    const cost = priceRequest({
      model,
      provider,
      usage: facts.usage ?? {},
      serviceTier: facts.serviceTier,
      at: new Date('2026-11-28T12:00:00Z'),
    })
    return { status: cost.status, usd: cost.picodollars / 1e12 }
  })
  expect(amounts).toEqual(answers.map(({ usd }) => ({ status: 'priced', usd: expect.closeTo(usd, 12) })))
})

test('every format that only tells of work later has results here', () => {
  const covered = new Set(resultTruths.map(({ format }) => format))
  const later = wireFormats.filter(({ endpoints }) => !endpoints.some(({ role = 'call' }) => role === 'call'))
  expect(later.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([])
  expect(covered).toContain('perplexity-async')
  expect(covered).toContain('openai-videos')
})
