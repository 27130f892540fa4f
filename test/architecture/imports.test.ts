import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

/** What each folder of `src` may import: other folders, and Node's own modules where it says so. */
const rules: Readonly<Record<string, { readonly folders: readonly string[]; readonly mayUseNode?: boolean }>> = {
  metadata: { folders: [] },
  usage: { folders: ['metadata'] },
  pricing: { folders: ['metadata'] },
  runtime: { folders: ['metadata', 'pricing'], mayUseNode: true },
  instrument: { folders: ['metadata', 'usage', 'pricing', 'runtime'], mayUseNode: true },
  tokens: { folders: [], mayUseNode: true },
  simulator: { folders: ['metadata', 'usage', 'pricing', 'tokens'], mayUseNode: true },
  workflow: {
    folders: ['metadata', 'pricing', 'usage', 'runtime', 'instrument', 'tokens', 'simulator'],
    mayUseNode: true,
  },
  report: { folders: ['metadata', 'pricing'] },
  exporters: { folders: ['metadata'] },
  distributed: { folders: ['metadata', 'runtime', 'workflow'], mayUseNode: true },
  studio: { folders: ['metadata', 'report'], mayUseNode: true },
  cli: {
    folders: [
      'metadata',
      'pricing',
      'usage',
      'runtime',
      'instrument',
      'workflow',
      'simulator',
      'tokens',
      'report',
      'studio',
    ],
    mayUseNode: true,
  },
}

/** Files that stand in `src` itself: the public names, the one error class, and random numbers from a seed. */
const shared = new Set(['errors.ts', 'seeded-random.ts'])

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
)

test.each(files.filter((file) => file.includes('/')))('%s imports only what its folder may', (file) => {
  const folder = file.split('/')[0] ?? ''
  const rule = rules[folder]
  expect(rule, `src/${folder} has no import rule`).toBeDefined()
  for (const imported of importsOf(file)) {
    if (imported.startsWith('node:')) expect(rule?.mayUseNode, `${file} imports ${imported}`).toBe(true)
    if (!imported.startsWith('.')) continue
    const target = normalize(join(dirname(file), imported))
    if (shared.has(target)) continue
    expect([folder, ...(rule?.folders ?? [])], `${file} imports ${target}`).toContain(target.split('/')[0])
  }
})

test('no file has a default export or exports everything of another', () => {
  for (const file of files) {
    const text = readFileSync(join('src', file), 'utf8')
    expect(text, file).not.toMatch(/^export (default|\*)/m)
  }
})

test('no file is named after a drawer', () => {
  for (const file of files) expect(file).not.toMatch(/(^|\/)(utils?|helpers?|common|types|misc)\.ts$/)
})

test('the page of the studio imports no code that needs a process', () => {
  const pages = readdirSync('web', { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
  expect(pages.length).toBeGreaterThan(10)
  for (const file of pages) {
    const text = readFileSync(join('web', file), 'utf8')
    for (const [line, from = ''] of text.matchAll(/^(?:import|export) [^;]*?from '([^']+)'/gm)) {
      expect(from, file).not.toMatch(/^node:/)
      const folder = /^src\/(\w+)\//.exec(normalize(join('web', dirname(file), from)).replace(/^.*?src/, 'src'))?.[1]
      if (!from.includes('/src/')) continue
      expect(['metadata', 'report', 'studio'], `web/${file} imports ${from}`).toContain(folder)
      if (folder === 'studio') expect(line, `web/${file} imports ${from}`).toMatch(/^import type/)
    }
  }
})

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join('src', file), 'utf8')
  return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map((match) => match[1] ?? '')
}
