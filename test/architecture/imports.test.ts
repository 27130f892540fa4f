import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { folderRules, sharedFiles } from './folder-rules.ts'
import { importsOf, sourceFiles, textOf } from './source-files.ts'

test.each(sourceFiles.filter((file) => file.includes('/')))('%s imports only what its folder may', (file) => {
  const folder = file.split('/')[0] ?? ''
  const rule = folderRules[folder]
  expect(rule, `src/${folder} has no import rule`).toBeDefined()
  for (const imported of importsOf(file)) {
    if (imported.startsWith('node:')) {
      const mayUseNode = rule?.mayUseNode === true || rule?.filesWithNode?.includes(file) === true
      expect(mayUseNode, `${file} imports ${imported}`).toBe(true)
    }
    if (!imported.startsWith('.')) continue
    const target = normalize(join(dirname(file), imported))
    if (sharedFiles.has(target)) continue
    expect([folder, ...(rule?.folders ?? [])], `${file} imports ${target}`).toContain(target.split('/')[0])
  }
})

test('no file has a default export or exports everything of another', () => {
  for (const file of sourceFiles) {
    expect(textOf(file), file).not.toMatch(/^export (default|\*)/m)
  }
})

test('no file is named after a drawer', () => {
  for (const file of sourceFiles) expect(file).not.toMatch(/(^|\/)(utils?|helpers?|common|types|misc)\.ts$/)
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
