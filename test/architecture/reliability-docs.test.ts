import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test.each([
  ['docs/reliability.md', /^\| promise \|.*$/m, 20],
  ['docs/distributed.md', /^\| what \| what happens \| test \|$/m, 10],
] as const)('each promise of %s names tests that are there', (page, head, atLeast) => {
  const tables = readFileSync(page, 'utf8').split(head).slice(1)
  const rows = tables.flatMap((table) =>
    (table.split('\n\n')[0] ?? '').split('\n').filter((line) => /^\| [^-]/.test(line)),
  )
  expect(rows.length).toBeGreaterThan(atLeast)
  for (const row of rows) {
    const tests = [...(row.split(' | ').at(-1) ?? '').matchAll(/`([^`]+)`/g)].map(([, path = '']) => path)
    expect(tests, row).not.toEqual([])
    for (const path of tests) expect([path, existsSync(path)]).toEqual([path, true])
  }
})
