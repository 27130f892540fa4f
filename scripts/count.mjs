// Counts the house: files, lines, how large they are, and exports by how many files import them. `npm run count`.
// Tests are left out, and so is data that stands in a file of its own. An export that `index.ts` or an entry of the package
// gives to everybody counts as used by many.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../src/', import.meta.url))
const { exports: entries } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const publicFiles = new Set(
  Object.values(entries).flatMap((entry) => entry.default?.replace('./dist/', '').replace(/\.js$/, '.ts') ?? []),
)

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .sort()
const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]))
const lines = [...texts.values()].map((text) => text.split('\n').length - 1)
const sorted = lines.toSorted((one, other) => one - other)
const importers = countImporters()
const exported = files.flatMap((file) =>
  namesExportedBy(file).map((name) => importers.get(`${file} ${name}`)?.size ?? 0),
)
const once = exported.filter((count) => count === 1).length

console.log(`files            ${files.length}`)
console.log(`lines            ${lines.reduce((sum, count) => sum + count, 0)}`)
console.log(`lines of a file  median ${sorted[Math.floor(sorted.length / 2)]}, largest ${sorted.at(-1)}`)
console.log(`above 300 lines  ${files.filter((_, index) => lines[index] > 300).join(', ') || 'none'}`)
console.log(`below 30 lines   ${sorted.filter((count) => count < 30).length}`)
console.log(
  `exports          ${exported.length}, ${once} of them used by one other file (${percent(once, exported.length)})`,
)
for (const folder of new Set(files.map((file) => (file.includes('/') ? file.split('/')[0] : '.')))) {
  const own = files.flatMap((file, index) => (file.startsWith(`${folder}/`) ? [lines[index]] : []))
  if (own.length > 0) console.log(`  ${folder.padEnd(14)} ${String(own.length).padStart(4)} files ${sum(own)} lines`)
}

/** For each name of a file, the files that import it. */
function countImporters() {
  const found = new Map()
  const note = (key, by) => found.set(key, (found.get(key) ?? new Set()).add(by))
  for (const [file, text] of texts) {
    for (const [, kind, names, from] of text.matchAll(/^(import|export) (?:type )?\{([^}]*)\} from '(\.[^']+)'/gm)) {
      const target = normalize(join(dirname(file), from))
      for (const name of namesIn(names)) {
        note(`${target} ${name}`, file)
        if (kind === 'export' && publicFiles.has(file)) note(`${target} ${name}`, 'everybody')
      }
    }
    // What is loaded only when it is needed.
    for (const [, names, from] of text.matchAll(/\{([^{}]*)\} = await import\('(\.[^']+)'\)/g)) {
      for (const name of namesIn(names.replaceAll(':', ' as ')))
        note(`${normalize(join(dirname(file), from))} ${name}`, file)
    }
  }
  return found
}

function namesIn(list) {
  return list
    .split(',')
    .map(
      (part) =>
        part
          .trim()
          .replace(/^type /, '')
          .split(' ')[0],
    )
    .filter((name) => name !== '')
}

function namesExportedBy(file) {
  const declared = /^export (?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm
  return [...texts.get(file).matchAll(declared)].map(([, name]) => name)
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}

function percent(part, whole) {
  return `${Math.round((100 * part) / whole)} %`
}
