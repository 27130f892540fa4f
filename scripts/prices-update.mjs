// Moves the exact pin of the price table to its newest version, and prints which prices of common models changed.
//   npm run prices:update              do it
//   npm run prices:update -- --check   only tell whether there is a newer table; exit code 1 if so
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const table = '@pydantic/genai-prices'
const versionFile = join(root, 'src', 'pricing', 'table', 'table-version.ts')

/** Provider and model, those that most runs use. */
const commonModels = [
  ...[
    'gpt-4',
    'gpt-4-turbo',
    'gpt-3.5-turbo',
    'gpt-4o',
    'gpt-4o-mini',
    'gpt-4.1',
    'gpt-4.1-mini',
    'gpt-4.1-nano',
    'o1',
  ],
  ...['o3', 'o3-mini', 'o4-mini', 'gpt-5', 'gpt-5-mini', 'gpt-5-nano', 'gpt-5.1', 'gpt-5.2', 'gpt-5.4', 'gpt-5.5'],
  ...['gpt-5.6-luna', 'gpt-5.6-sol', 'gpt-5.6-terra', 'text-embedding-3-small', 'text-embedding-3-large'],
]
  .map((model) => ['openai', model])
  .concat(
    ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'o4-mini'].map((model) => ['azure', model]),
    ['claude-3-opus-latest', 'claude-3-haiku-20240307', 'claude-3-5-sonnet-latest'].map((model) => [
      'anthropic',
      model,
    ]),
    ['claude-haiku-4-5', 'claude-sonnet-4-5', 'claude-sonnet-4-6', 'claude-sonnet-5'].map((model) => [
      'anthropic',
      model,
    ]),
    ['claude-opus-4-5', 'claude-opus-4-8', 'claude-opus-5', 'claude-opus-5-5'].map((model) => ['anthropic', model]),
    ['anthropic.claude-3-haiku-20240307-v1:0', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'].map((model) => [
      'aws',
      model,
    ]),
    ['amazon.nova-pro-v1:0', 'amazon.nova-lite-v1:0', 'meta.llama3-1-70b-instruct-v1:0'].map((model) => ['aws', model]),
    ['gemini-2.0-flash', 'gemini-2.5-pro', 'gemini-2.5-flash', 'gemini-3.5-flash'].map((model) => ['google', model]),
    ['mistral-large-latest', 'mistral-medium-latest', 'mistral-small-latest'].map((model) => ['mistral', model]),
    [
      ['x-ai', 'grok-4'],
      ['deepseek', 'deepseek-chat'],
    ],
  )

const [option] = process.argv.slice(2)
if (option === '--snapshot') console.log(JSON.stringify(await snapshot()))
else update({ mayWrite: option !== '--check' })

function update({ mayWrite }) {
  const pinned = pinnedVersion()
  const newest = newestVersion()
  if (newest.version === pinned) {
    console.log(`${table} ${pinned} is the newest.`)
    if (mayWrite) compareWithAnother()
    return
  }
  console.log(`${table} ${pinned} is pinned; ${newest.version} was published on ${newest.date}.`)
  if (!mayWrite) {
    process.exitCode = 1
    return
  }
  const before = snapshotOfInstalled()
  run('npm', ['install', '--save-exact', '--loglevel=error', `${table}@${newest.version}`])
  writeVersion(newest)
  printChanges(before, snapshotOfInstalled())
  compareWithAnother()
  console.log('\nRun `npx vitest run src/pricing`: a case that fails names a price that changed. Then commit.')
}

// What another table has otherwise, and nobody has decided yet. It reads the build.
function compareWithAnother() {
  run('npm', ['run', 'build', '--silent'])
  spawnSync(process.execPath, [join(root, 'scripts', 'prices-compare.mjs')], { cwd: root, stdio: 'inherit' })
}

function pinnedVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies[table]
}

function newestVersion() {
  const { status, stdout, stderr } = spawnSync('npm', ['view', table, 'version', 'time', '--json'], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  })
  const answer = status === 0 ? parsed(stdout) : undefined
  const date = answer?.time?.[answer.version]?.slice(0, 10)
  if (date === undefined) {
    const [reason = 'no answer'] = stderr.split('\n').filter((line) => /\berror\b|ERR!/i.test(line))
    fail(`The npm registry did not answer, so nothing was changed (${reason.trim()}). Try again with a network.`)
  }
  return { version: answer.version, date }
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function writeVersion({ version, date }) {
  const text = readFileSync(versionFile, 'utf8')
    .replace(/(tableVersion = )'[^']*'/, `$1'${version}'`)
    .replace(/(tableDate = )'[^']*'/, `$1'${date}'`)
  writeFileSync(versionFile, text)
}

// In a process of its own: a module that was imported cannot be imported anew.
function snapshotOfInstalled() {
  return JSON.parse(run(process.execPath, [fileURLToPath(import.meta.url), '--snapshot']))
}

async function snapshot() {
  const { calcPrice } = await import(table)
  const prices = {}
  for (const [provider, model] of commonModels) {
    const found = calcPrice({}, model, { providerId: provider })
    prices[`${provider} ${model}`] = found === null ? {} : rows(found.model_price)
  }
  return prices
}

function rows(price) {
  return Object.fromEntries(Object.entries(price).map(([key, value]) => [key, words(value)]))
}

function words(value) {
  if (typeof value === 'number') return `$${value}`
  return [`$${value.base}`, ...value.tiers.map(({ start, price }) => `$${price} above ${start}`)].join(', ')
}

function printChanges(before, after) {
  const lines = Object.keys(after).flatMap((model) => {
    const keys = new Set([...Object.keys(before[model]), ...Object.keys(after[model])])
    return [...keys]
      .filter((key) => before[model][key] !== after[model][key])
      .map((key) => `  ${model}  ${key}: ${before[model][key] ?? 'none'} → ${after[model][key] ?? 'none'}`)
  })
  console.log(lines.length === 0 ? 'No price of the common models changed.' : `Changed prices:\n${lines.join('\n')}`)
}

function run(command, commandArguments) {
  const { status, stdout, stderr } = spawnSync(command, commandArguments, { cwd: root, encoding: 'utf8' })
  if (status !== 0) fail(`${command} ${commandArguments.join(' ')} failed: ${stderr.trim()}`)
  return stdout
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
