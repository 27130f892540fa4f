import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('each promise of docs/reliability.md names tests that are there', () => {
  const text = readFileSync('docs/reliability.md', 'utf8')
  const tables = text.split(/^\| promise \|.*$/m).slice(1)
  const rows = tables.flatMap((table) =>
    (table.split('\n\n')[0] ?? '').split('\n').filter((line) => /^\| [^-]/.test(line)),
  )
  expect(rows.length).toBeGreaterThan(20)
  for (const row of rows) {
    const tests = [...(row.split(' | ').at(-1) ?? '').matchAll(/`([^`]+)`/g)].map(([, path = '']) => path)
    expect(tests, row).not.toEqual([])
    for (const path of tests) expect([path, existsSync(path)]).toEqual([path, true])
  }
})
