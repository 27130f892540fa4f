// Every regular expression of `src` and `web`, looked at by recheck for input on which it would take more than linear time:
// what is matched here often comes from a provider or from a file. `node scripts/check-regexes.mjs`
// One that recheck finds dangerous is mended, or stands in `bounded` with what bounds its input. Those with long counted
// repetitions cannot be decided in a moment; those that remove secrets are tested with hostile text beside their file.
process.env.RECHECK_BACKEND = 'pure'
const { globSync } = await import('tinyglobby')
const { readFileSync } = await import('node:fs')
const { relative } = await import('node:path')
const { fileURLToPath } = await import('node:url')
const { checkSync } = await import('recheck')
const ts = (await import('typescript')).default

const root = fileURLToPath(new URL('..', import.meta.url))

/** Expressions of square time at worst, by their source, each with the reason why that does no harm. */
const bounded = new Map([
  [String.raw`^([\d.]+)(.*)$`, 'a version or a number of the command line'],
  [String.raw`\s*\n\s*`, 'what doctor itself has found'],
  ['0+$', 'digits of a number that was formatted, twelve at most'],
  ['[-.@:]+$', 'names of the price table'],
  [String.raw`[a-z]{2}(?:-[a-z]+)+-\d`, 'a part of a name that was found before'],
  [String.raw`\/+$`, 'addresses and paths of the configuration'],
  [String.raw`[-_]+(\w)`, 'names of options'],
  [String.raw`^\[\s*(-?\d*)\s*:\s*(-?\d*)\s*\]$`, 'a range of the configuration'],
  [String.raw`\/openai\/deployments\/.*$`, 'an address of the configuration'],
  [String.raw` at position \d+.*$`, 'a message of the engine, which quotes a few characters'],
])
/** Milliseconds for each; a busy machine decides fewer. */
const timeout = 150

const found = new Map()
for (const path of globSync(['src/**/*.ts', 'web/src/**/*.{ts,tsx}'], {
  cwd: root,
  absolute: true,
  ignore: ['**/*.test.ts'],
})) {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const look = (node) => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/')
      const { line } = file.getLineAndCharacterOfPosition(node.getStart())
      const key = node.text
      const places = found.get(key)?.places ?? []
      places.push(`${relative(root, path)}:${line + 1}`)
      found.set(key, { source: node.text.slice(1, end), flags: node.text.slice(end + 1), places })
    }
    ts.forEachChild(node, look)
  }
  look(file)
}
const { knownKey } = await import('../dist/runtime/key-forms.js')
found.set('knownKey', { source: knownKey.source, flags: knownKey.flags, places: ['src/runtime/key-forms.ts'] })

let [problems, undecided] = [0, 0]
for (const [text, { source, flags, places }] of found) {
  if (bounded.has(source)) continue
  const { status, complexity, attack, error } = checkSync(source, flags, {
    timeout,
    attackTimeout: 50,
    incubationTimeout: 50,
  })
  if (status === 'safe') continue
  if (status === 'unknown' && error?.kind === 'timeout') {
    undecided += 1
    continue
  }
  problems += 1
  const why =
    complexity === undefined
      ? `not known: ${error?.kind}`
      : `${complexity.summary} on ${String(attack?.pattern).slice(0, 120)}`
  console.log(`${places.join(', ')}: ${text.slice(0, 160)}\n  ${why}`)
}
console.log(`${found.size} regular expressions, ${problems} dangerous, ${undecided} not decided in ${timeout} ms each`)
if (problems > 0) process.exit(1)
