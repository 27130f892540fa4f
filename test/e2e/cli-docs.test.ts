import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'

const page = readFileSync('docs/cli.md', 'utf8')

test.each(Object.keys(commands))('docs/cli.md has a section about sygra %s that names its options', async (name) => {
  const sections = page.split(/^## /m)
  const section = sections.find((text) => text.startsWith(`sygra ${name}`))
  expect(section, `a section "## sygra ${name}"`).toBeDefined()
  const command = await commands[name]?.()
  // The simulator has a page of its own.
  const text = (section ?? '') + (name === 'simulate' ? readFileSync('docs/simulator.md', 'utf8') : '')
  const missing = (command?.options ?? []).map(({ long }) => long ?? '').filter((long) => !text.includes(long))
  expect(missing).toEqual([])
})
