// Deletes each line of each merge of totals, one at a time, and runs the tests of its folder: every deletion must fail one.
// Usage: node scripts/delete-lines.mjs [FILE…]
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const files = process.argv.length > 2 ? process.argv.slice(2) : filesUnder('src/metadata')
let survivors = 0
for (const file of files.filter((name) => !name.endsWith('.test.ts'))) {
  const text = readFileSync(file, 'utf8')
  for (const { line, mutated } of deletions(text)) {
    writeFileSync(file, mutated)
    try {
      const isKilled = !testsPass()
      if (!isKilled) survivors += 1
      console.log(`${isKilled ? 'killed  ' : 'SURVIVED'} ${file}:${line} ${text.split('\n')[line - 1]?.trim()}`)
    } finally {
      writeFileSync(file, text)
    }
  }
}
console.log(survivors === 0 ? 'every deletion fails a test' : `${survivors} deletions fail no test`)
process.exitCode = survivors === 0 ? 0 : 1

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`)
    .sort()
}

/** The text without one line of a merge, for each line that is a statement of its own. */
function* deletions(text) {
  const lines = text.split('\n')
  let depth
  for (const [index, line] of lines.entries()) {
    if (depth === undefined) {
      const start = /^( *)(?:export function merge\w*|merge|#merge\w*)\(.*\{$/.exec(line)
      if (start !== null) depth = start[1].length
      continue
    }
    if (line === `${' '.repeat(depth)}}`) {
      depth = undefined
      continue
    }
    const isStatement = /^\s+(?!const |let |return |\/\/|\}|else )\S.*[^{(,]$/.test(line)
    const isDeclaration = /^\s+(const|let) /.test(line)
    if (!isStatement || isDeclaration) continue
    yield { line: index + 1, mutated: [...lines.slice(0, index), ...lines.slice(index + 1)].join('\n') }
  }
}

function testsPass() {
  const { status } = spawnSync(
    'npx',
    ['vitest', 'run', '--project', 'shared', 'src/metadata', '--maxWorkers=1', '--bail=1'],
    {
      stdio: 'ignore',
    },
  )
  return status === 0
}
