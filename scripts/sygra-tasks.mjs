// Ports every task of a checkout of SyGra's Python system, puts in the bodies of its functions, runs it on simulated models
// and checks its rows and the sums of its metadata. SYGRA_REPO names the checkout; SYGRA_ONLY a part of the names of tasks.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('..', import.meta.url))
const fixtures = join(project, 'test/sygra-tasks/fixtures')
const wanted = 24
/** Slips of SyGra's own files: output fields that are taken from keys which no record and no node has. */
const slips = {
  'tasks/examples/image_edit': ['from: source_image', 'from: images'],
  'tasks/examples/text_to_image': ['from: "concept_description"', 'from: "theme"'],
}

const repository = process.env.SYGRA_REPO
if (!repository || !existsSync(join(repository, 'tasks', 'examples'))) {
  console.log('SYGRA_REPO names no checkout of SyGra: git clone https://github.com/ServiceNow/SyGra, then')
  console.log('  SYGRA_REPO=path/to/SyGra npm run sygra-tasks')
  process.exit(repository ? 1 : 0)
}
const cli = join(project, 'dist/cli/main.js')
if (!existsSync(cli)) {
  console.log('dist/ is missing: npm run build')
  process.exit(1)
}

const { startSimulator } = await import(new URL('../dist/index.js', import.meta.url).href)
// Where a prompt asks for a form in words only, a model would keep to it; the simulator's prose does not.
const simulator = await startSimulator({
  timeScale: 0,
  answers: (request) => answerFor(JSON.stringify(request.messages)),
})

function answerFor(said) {
  if (said.includes('agent_1_prompt') && said.includes('roleplay')) {
    const persona = {
      agent_1_role: 'Sceptic',
      agent_1_prompt: 'Doubt.',
      agent_2_role: 'Optimist',
      agent_2_prompt: 'Hope.',
    }
    return JSON.stringify(persona)
  }
  if (said.includes('"system","content":"Doubt.') || said.includes('"system","content":"Hope.')) {
    return said.includes('The conversation so far') && said.split('agent_').length > 5
      ? 'Agreed. FINAL ANSWER'
      : 'I see it so.'
  }
  if (said.includes('act as an impartial judge')) {
    return '[{"assistant": "gpt4", "rating": 8, "explanation": "good"}, {"assistant": "gpt-4o", "rating": 3, "explanation": "short"}]'
  }
  if (said.includes('output all the text in the image')) return '<ANSWER>\nA page of text.\n</ANSWER>'
  if (said.includes('output exactly 3 questions')) {
    const question = (n) =>
      `<question${n}><question_type>objective</question_type><supporting_evidence>page 1</supporting_evidence>Why ${n}?</question${n}>`
    return [1, 2, 3].map(question).join('\n')
  }
  if (said.includes('QUALITY_SCORE') || said.includes('OUTPUT FORMAT')) {
    return '{"QUALITY_SCORE": 4, "QUALITY_EXPLANATION": "clear", "accuracy": 4, "accuracy_explanation": "right"}'
  }
  return undefined
}

const folders = ['tasks', 'sygra']
  .flatMap((top) => configsBelow(top))
  .filter((name) => name.includes(process.env.SYGRA_ONLY ?? ''))
const results = []
for (const folder of folders) {
  const result = await tryTask(folder)
  results.push(result)
  console.log(`${result.outcome.padEnd(9)} ${folder}${result.note ? `: ${result.note}` : ''}`)
}
await simulator.close()

const countOf = (outcome) => results.filter((result) => result.outcome === outcome).length
const ran = countOf('runs') + countOf('mended') + countOf('stand-in')
console.log(
  `\n${results.length} tasks: ${ran} run (${countOf('mended')} of them after a slip of their own was mended, ` +
    `${countOf('stand-in')} with a stand-in for a part of SyGra itself), ` +
    `${countOf('refused')} are refused with a sentence, ${countOf('fails')} fail`,
)
const isWhole = process.env.SYGRA_ONLY === undefined
process.exitCode = countOf('fails') > 0 || (isWhole && ran < wanted) ? 1 : 0

function configsBelow(top) {
  const names = readdirSync(join(repository, top), { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => basename(name) === 'graph_config.yaml')
    .map((name) => join(top, dirname(name)))
    .sort()
}

async function tryTask(folder) {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-task-'))
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}')
  symlinkSync(join(project, 'node_modules'), join(directory, 'node_modules'))
  // Its models, as SyGra lists them: what they are decides how they are asked.
  cpSync(join(repository, 'sygra/config/models.yaml'), join(directory, 'models.yaml'))
  const ported = await sygra(['port', join(resolve(repository), folder)], directory)
  if (ported.code !== 0) return { outcome: 'fails', note: lastLine(ported) }
  if (existsSync(fixtures)) cpSync(fixtures, directory, { recursive: true })
  const slip = slips[folder]
  if (slip !== undefined) mend(join(directory, folder, 'graph_config.yaml'), slip)
  const rows = join(directory, folder, 'rows.jsonl')
  const source = existsSync(rows) ? ['--source', rows] : []
  const named = ['--task', folder, ...source]
  const checked = await sygra(['validate', ...named, '--simulate'], directory)
  if (checked.code !== 0) return refusal(checked.stdout)
  const options = ['--simulate', simulator.url, '--num_records', '2', '--output_with_ts', 'False']
  const run = await sygra(['run', ...named, ...options], directory)
  if (run.code !== 0) return { outcome: 'fails', note: lastLine(run) }
  const problem = problemOf(join(directory, folder))
  if (problem !== undefined) return { outcome: 'fails', note: problem }
  const needsStandIn = ported.stdout.includes('a stand-in of your own is needed')
  if (slip !== undefined) return { outcome: 'mended', note: `${slip[0]} is ${slip[1]}` }
  return { outcome: needsStandIn ? 'stand-in' : 'runs', note: '' }
}

function mend(path, [wrong, right]) {
  const text = readFileSync(path, 'utf8')
  if (!text.includes(wrong)) throw new Error(`${path}: there is no ${wrong}`)
  writeFileSync(path, text.replace(wrong, right))
}

/** The first sentence that names what is missing. */
function refusal(stdout) {
  const line = stdout.split('\n').find((each) => /is no (?:source|sink) here|are not there|is not there/.test(each))
  if (line === undefined) return { outcome: 'fails', note: stdout.split('\n')[0] }
  return { outcome: 'refused', note: line.replace(/^\S+:\d+:\d+: /, '').replace(/^.*; (?=retries)/, '') }
}

/** What is wrong with the rows or the sums of a run; undefined when nothing is. */
function problemOf(folder) {
  const rows = JSON.parse(readFileSync(join(folder, 'output.json'), 'utf8'))
  if (rows.length === 0) return 'there are no rows'
  const empty = Object.keys(rows[0]).find((key) => rows.every((row) => row[key] === null))
  if (empty !== undefined) return `"${empty}" is null in every row`
  const [name] = readdirSync(join(folder, 'metadata')).filter((file) => /^metadata_.*\.json$/.test(file))
  const metadata = JSON.parse(readFileSync(join(folder, 'metadata', name), 'utf8'))
  const { records, requests, tokens, cost } = metadata.aggregate_statistics
  const models = Object.values(metadata.models)
  const sum = (pick) => models.reduce((total, model) => total + pick(model), 0)
  const sums = [
    ['records', records.total_processed, rows.length],
    ['failed records', records.total_failed, 0],
    ['requests', requests.total_requests, sum((model) => model.performance.total_requests)],
    ['tokens', tokens.total_tokens, sum((model) => model.token_statistics.total_tokens)],
    ['cost', cost.total_cost_usd.toFixed(4), sum((model) => model.cost.total_cost_usd).toFixed(4)],
    ['node executions', Object.values(metadata.nodes).every(({ total_executions: n }) => n > 0), true],
  ]
  const wrong = sums.find(([, given, expected]) => given !== expected)
  return wrong === undefined ? undefined : `${wrong[0]}: ${wrong[1]} in the aggregate, ${wrong[2]} in its parts`
}

function lastLine({ stdout, stderr }) {
  return `${stdout}\n${stderr}`.trim().split('\n').slice(-3).join(' | ').slice(0, 400)
}

function sygra(args, cwd) {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(OPENAI|SYGRA|AZURE|AWS)/.test(key))
  const child = spawn(process.execPath, [cli, ...args], { cwd, env: Object.fromEntries(inherited) })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => (texts[name] += String(chunk)))
  return new Promise((done) => child.on('close', (code) => done({ code, ...texts })))
}
