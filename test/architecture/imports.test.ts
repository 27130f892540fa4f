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

// A name that Node lacks ends the start before any line runs, so that an older Node would not be told what it needs.
test('nothing that came after Node 18 is imported from it by its name', () => {
  const later: Readonly<Record<string, RegExp>> = {
    zlib: /\b(?:crc32|\w*[zZ]std\w*)\b/,
    fs: /\b(?:glob|globSync)\b/,
    'fs/promises': /\bglob\b/,
    util: /\b(?:styleText|getCallSites?|parseEnv|MIMEType)\b/,
    module: /\b(?:registerHooks|enableCompileCache|findPackageJSON|stripTypeScriptTypes)\b/,
    events: /\baddAbortListener\b/,
    crypto: /\bhash\b/,
  }
  for (const file of sourceFiles) {
    for (const [, names = '', module = ''] of textOf(file).matchAll(/^import \{([^}]*)\} from 'node:([^']+)'/gm)) {
      expect(names, `${file} imports from node:${module}`).not.toMatch(later[module] ?? /(?!)/)
    }
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
