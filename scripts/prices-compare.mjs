// Compares our prices with models.dev, as @node-llm/core brings it through npm, and lists what is to be decided.
//   npm run prices:compare
// What was decided is kept in price-decisions.json beside this file, and comes up again only if the other table changes.
// A line is decided by adding it there: "provider model class": { "theirs": 1.5, "verdict": "ours", "evidence": "page, day" }.
// Where theirs is right, our own list in src/pricing/overlay gets a row; then there is no difference left.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const mirror = '@node-llm/core'
/** Their names of providers and ours. */
const providers = {
  openai: 'openai',
  anthropic: 'anthropic',
  bedrock: 'aws',
  azure: 'azure',
  gemini: 'google',
  mistral: 'mistral',
  xai: 'x-ai',
  groq: 'groq',
  deepseek: 'deepseek',
  perplexity: 'perplexity',
  openrouter: 'openrouter',
}
/** Their names of classes and ours. */
const classes = {
  input_per_million: 'input',
  output_per_million: 'output',
  cached_input_per_million: 'cacheRead',
}

await compare()

async function compare() {
  const main = join(root, 'dist', 'index.js')
  if (!existsSync(main)) return fail('There is no build: npm run build')
  const { calculateCost } = await import(pathToFileURL(main).href)
  const decisions = JSON.parse(readFileSync(join(root, 'scripts', 'price-decisions.json'), 'utf8'))
  const { models, date } = theirTable()
  const open = []
  let same = 0
  let decided = 0
  for (const { id, provider: theirName, pricing } of models) {
    const provider = providers[theirName]
    const theirs = pricing?.text_tokens?.standard
    if (provider === undefined || theirs === undefined) continue
    for (const [theirClass, tokenClass] of Object.entries(classes)) {
      if (typeof theirs[theirClass] !== 'number') continue
      const usage = { input: 0, [tokenClass]: 1000 }
      const { receipt } = calculateCost({ model: id, provider, usage, at: new Date(`${date}T20:00:00Z`) })
      const ours = receipt.lines.find((line) => line.tokenClass === tokenClass)?.usdPerMillion
      if (ours === undefined) continue
      const key = `${provider} ${id.toLowerCase()} ${tokenClass}`
      if (Math.abs(ours - theirs[theirClass]) <= 1e-9) same += 1
      else if (isDecided(decisions, { key, ours, theirs: theirs[theirClass] })) decided += 1
      else open.push({ key, ours, theirs: theirs[theirClass], listed: receipt.price?.listedOn })
    }
  }
  console.log(
    `Compared with models.dev of ${date}: ${same} prices the same, ${decided} differences decided earlier, ${open.length} to decide.`,
  )
  for (const { key, ours, theirs, listed } of open.sort((a, b) => (a.key < b.key ? -1 : 1))) {
    console.log(`  ${key}: ours ${ours} (${listed ?? 'no date'}), theirs ${theirs} (${date})`)
  }
}

/** True for a difference that was decided, by itself or by a rule: all keys of a pattern, at one ratio of ours to theirs. */
function isDecided({ rules, ...decisions }, { key, ours, theirs }) {
  if (decisions[key]?.theirs === theirs) return true
  return rules.some(({ pattern, ratio }) => new RegExp(pattern).test(key) && Math.abs(ours / theirs - ratio) < 1e-6)
}

/** The newest models.dev that npm brings. It is unpacked beside the project and removed again. */
function theirTable() {
  const folder = mkdtempSync(join(tmpdir(), 'sygra-prices-'))
  try {
    run('npm', ['pack', `${mirror}@latest`, '--silent', '--pack-destination', folder])
    const [archive = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
    run('tar', ['xzf', join(folder, archive), '-C', folder])
    const all = JSON.parse(readFileSync(join(folder, 'package', 'dist', 'models', 'models.json'), 'utf8'))
    const models = all.filter(({ metadata }) => metadata?.source === 'models.dev')
    const date = models
      .map(({ metadata }) => metadata.last_synced?.slice(0, 10) ?? '')
      .sort()
      .at(-1)
    if (!date) fail(`${mirror} has no models of models.dev any more: choose another mirror`)
    return { models, date }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(command, commandArguments) {
  const { status, stderr } = spawnSync(command, commandArguments, { cwd: root, encoding: 'utf8' })
  if (status !== 0) fail(`${command} ${commandArguments.join(' ')} failed: ${stderr?.trim() ?? ''}`)
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
