import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { tierRules } from './tiers.ts'

test('docs/pricing.md has the page of each price of a tier, and the day on which it was read', () => {
  const page = readFileSync(resolve('docs/pricing.md'), 'utf8')
  const lines = page.split('\n')
  for (const source of new Set(tierRules.map((rule) => rule.source))) {
    const address = /https:\/\/[^\s,;]+/.exec(source)?.[0] ?? source.split(',')[0] ?? ''
    const day = /\d{4}-\d\d-\d\d/.exec(source)?.[0] ?? ''
    const line = lines.find((text) => text.startsWith('|') && text.includes(address) && text.includes(day))
    expect(line, source).toBeDefined()
    expect(day).not.toBe('')
  }
})
