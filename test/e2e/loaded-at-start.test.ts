import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'

/** The packages that a file of dist imports from the start, with all the files that it imports: those beside it, and those within. */
function packagesOf(entry: string): string[] {
  const [packages, seen, waiting] = [new Set<string>(), new Set<string>(), [resolve('dist', entry)]]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    const text = readFileSync(file, 'utf8')
    for (const [, name = ''] of text.matchAll(/^\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)/gm)) packages.add(name)
    for (const [, name = ''] of text.matchAll(/^(?:import|export) (?:[^"]* from )?"([^"]+)";/gm)) {
      if (name.startsWith('.')) waiting.push(join(dirname(file), name))
      else if (!name.startsWith('node:')) packages.add(name)
    }
  }
  return [...packages].sort()
}

// A package that is loaded from the start costs every program that imports ours; in a watched program it may break as well.
test.each(['index.js', 'metadata.js', 'instrument/register.js', 'instrument/observers.js'])(
  '%s loads no package but the one that finds what was meant',
  (entry) => {
    expect(existsSync(join('dist', entry))).toBe(true)
    expect(packagesOf(entry).filter((name) => name !== 'fastest-levenshtein')).toEqual([])
  },
)

test('a command that reads runs, and exec, load nothing of the runner', () => {
  const commands = readFileSync(resolve('dist/chunks/show.js'), 'utf8')
  for (const command of ['exec', 'runs', 'explain', 'waste', 'watch', 'reprice', 'compare', 'show']) {
    const file = new RegExp(`^\\s*${command}: .*import\\("\\./(\\w+\\.js)"\\)`, 'm').exec(commands)?.[1]
    expect(file, command).toBeDefined()
    expect(packagesOf(join('chunks', file ?? '')), command).not.toContain('yaml')
    expect(packagesOf(join('chunks', file ?? '')), command).not.toContain('@ai-sdk/openai-compatible')
  }
})

test('packages that are put in are there, each with its license', () => {
  const within = packagesOf('cli/main.js').concat(
    packagesOf('chunks/show.js'),
    packagesOf('chunks/openai-compatible.js'),
  )
  expect(within).toEqual(expect.arrayContaining(['zod', 'string-width', '@ai-sdk/openai-compatible']))
  const licenses = readFileSync('dist/third-party-licenses.txt', 'utf8')
  for (const name of [
    'zod',
    'string-width',
    '@ai-sdk/openai-compatible',
    '@ai-sdk/provider-utils',
    'get-east-asian-width',
  ]) {
    expect(licenses).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((MIT|Apache-2.0)\\)$`, 'm'))
  }
})
