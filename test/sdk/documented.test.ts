import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { wireFormats } from '../../src/usage/registry.ts'

const page = readFileSync('docs/instrumentation.md', 'utf8')
const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8'))
const known = new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)])

const rows = page
  .slice(page.indexOf('## What is seen'), page.indexOf('## How retries'))
  .split('\n')
  .filter((line) => line.startsWith('|') && line.includes('.test.ts'))
  .map((line) => ({ sdk: line.split('|')[1]?.trim() ?? '', file: /`([^`]+\.test\.ts)`/.exec(line)?.[1] ?? '' }))

test('the table of what is seen has a row for each SDK that is tested', () => {
  expect(rows.length).toBeGreaterThan(8)
})

test.each(rows)('$sdk: the row is backed by $file', ({ sdk, file }) => {
  expect(existsSync(file)).toBe(true)
  const text = readFileSync(file, 'utf8')
  const packages = [...sdk.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name).filter((name) => known.has(name))
  for (const name of packages) expect(text).toMatch(new RegExp(`'${name}['/]`))
})

test.each(wireFormats.map(({ name }) => name))(
  '%s: its endpoints have a row, with its transport and its test',
  (name) => {
    const endpoints = page.slice(page.indexOf('### Each endpoint'), page.indexOf('## What was seen and not'))
    expect(endpoints).toMatch(new RegExp(`^\\| \`${name}\` \\| .+ \\| HTTP.* \\| \`.+\\.test\\.ts\` \\|$`, 'm'))
  },
)
