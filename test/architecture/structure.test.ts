import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { folderRules } from './folder-rules.ts'
import { filesImportedBy, sourceFiles, textOf } from './source-files.ts'

const page = readFileSync('docs/architecture.md', 'utf8')

test('the table of folders says what each of them may import', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| .* \| (.*) \|$/gm)].map(([, folder = '', allowed = '']) => ({
    folder,
    allowed: [...allowed.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    isEverything: allowed === 'everything',
  }))
  const inSource = new Set(sourceFiles.filter((file) => file.includes('/')).map((file) => file.split('/')[0]))
  expect(new Set(rows.map(({ folder }) => folder))).toEqual(inSource)
  for (const { folder, allowed, isEverything } of rows) {
    if (isEverything) continue
    expect([...allowed].sort(), `src/${folder}`).toEqual([...(folderRules[folder]?.folders ?? [])].sort())
  }
})

test('no files import each other in a circle, not even types', () => {
  const circles: string[] = []
  const done = new Set<string>()
  const visit = (file: string, way: readonly string[]): void => {
    const start = way.indexOf(file)
    if (start >= 0) circles.push([...way.slice(start), file].join(' -> '))
    if (start >= 0 || done.has(file)) return
    for (const next of filesImportedBy(file)) visit(next, [...way, file])
    done.add(file)
  }
  for (const file of sourceFiles) visit(file, [])
  expect(circles).toEqual([])
})

test('state that a module keeps stands in the table of docs/architecture.md', () => {
  const table = page.slice(page.indexOf('## Where state lives'), page.indexOf('## Laws'))
  const listed = [...table.matchAll(/`([\w/-]+\.ts)`/g)].map(([, file = '']) => file)
  const stateful = sourceFiles.filter((file) => keepsState(textOf(file)))
  expect([...new Set(listed)].sort()).toEqual(stateful.sort())
})

/** A variable or a member that changes, an empty collection that is filled later, or a name of `globalThis`. */
function keepsState(text: string): boolean {
  return (
    /^(?:export )?let /m.test(text) ||
    /^(?:export )?const \w+(?:: [^=\n]+)? = new (?:Weak)?(?:Map|Set|Ref)(?:<[^\n]*>)?\(\)/m.test(text) ||
    /^(?:export )?const \w+(?:: [^=\n]+)? = \[\]/m.test(text) ||
    [...text.matchAll(/^(?:export )?const (\w+)(?:: [^=\n]+)? = \{/gm)].some(([, name]) => isAssignedTo(text, name)) ||
    text.includes('globalThis as {') ||
    /in globalThis\b/.test(text)
  )
}

function isAssignedTo(text: string, name = ''): boolean {
  return new RegExp(`\\b${name}\\.\\w+ (?:[-+*/?|&]*=) `).test(text)
}
