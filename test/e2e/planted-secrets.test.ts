import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { start, until } from '../helpers/fault-project.ts'
import { type CliResult, runCliInShared } from '../helpers/run-cli.ts'

// Secrets of each kind in each place where one may stand; every command, every file and the studio are read for them.

const repeated = (text: string, length: number) => text.repeat(9).slice(0, length)
const letters = 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7'
const base64 = `${letters}+/`
/** One of each form that `src/runtime/key-forms.ts` knows, by the first of it. */
const byForm = [
  `sk-proj-${repeated(letters, 40)}`,
  `sk-ant-api03-${repeated(letters, 60)}`,
  ...['gsk_', 'r8_', 'fw_', 'hf_', 'tgp_v1_', 'xai-', 'pplx-', 'nvapi-', 'csk-', 'tvly-'].map(
    (start) => `${start}${repeated(letters, 40)}`,
  ),
  ...[
    'ghp_',
    'github_pat_',
    'glpat-',
    'npm_',
    'xoxb-',
    'AIza',
    'ya29.',
    'sk_live_',
    'ek_',
    'vck_',
    'hvs.',
    'lin_api_',
  ].map((start) => `${start}${repeated(letters, 36)}`),
  `dapi${repeated('0a1b2c3d', 32)}`,
  `AKIA${repeated('Q2W3E4R5T6Y7U', 16)}`,
  `ABSK${repeated(base64, 100)}`,
  `eyJ${repeated(letters, 30)}.eyJ${repeated(letters, 50)}.${repeated(letters, 43)}`,
  `SG.${repeated(letters, 22)}.${repeated(letters, 43)}`,
]
/** By name, by place, by the environment. */
const byPlace = {
  ofModel: 'plain-words-that-are-a-key',
  ofPartner: 'a horse that nobody knows',
  ofParameter: 'hunter2-of-the-parameter',
  ofDatabase: 'hunter2-of-the-database',
  ofSignature: 'value/of+a/signature',
  ofRemote: 'hunter2-of-the-remote',
  ofPem: 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
}
const secrets = [...byForm, ...Object.values(byPlace)]

const said = [
  ...byForm.map((key) => `Incorrect API key provided: ${key}.`),
  `postgres://admin:${byPlace.ofDatabase}@db.example/main`,
  `https://host.example/c?sv=1&sig=${byPlace.ofSignature}&x=1`,
  `-----BEGIN PRIVATE KEY-----\n${byPlace.ofPem}\n-----END PRIVATE KEY-----`,
  `sent with ${byPlace.ofModel} and ${byPlace.ofPartner}`,
].join('\n')

let server: Server
let url: string
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const isRefused = body.includes('refuse')
    const answer = isRefused
      ? { error: { message: said, type: 'invalid_request_error', code: byForm[0] } }
      : {
          model: 'gpt-4o-mini',
          choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 },
        }
    response.writeHead(isRefused ? 401 : 200, { 'content-type': 'application/json', 'x-request-id': 'r1' })
    response.end(JSON.stringify(answer))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

function project() {
  const directory = mkdtempSync(join(tmpdir(), 'sygra-planted-'))
  const folder = join(directory, 'tasks/broken')
  mkdirSync(folder, { recursive: true })
  const rows = ['fine', 'refuse', 'fine too', 'throw'].map((text, index) => JSON.stringify({ id: `r${index}`, text }))
  writeFileSync(join(folder, 'data.jsonl'), `${rows.join('\n')}\n`)
  writeFileSync(
    join(folder, 'task.mjs'),
    `export function work(state) { if (state.text === 'throw') throw Object.assign(new Error(${JSON.stringify(said)}), { name: ${JSON.stringify(`Bad ${byForm[2]}`)} }); return {} }\n`,
  )
  writeFileSync(
    join(folder, 'graph_config.yaml'),
    `data_config: { id_column: id, source: { type: disk, file_path: data.jsonl } }
graph_config:
  nodes:
    ask: { node_type: llm, prompt: [{ user: "{text}" }], output_keys: answer, model: { name: gpt-4o-mini, parameters: { clientSecret: "${byPlace.ofParameter}", max_tokens: 77 } } }
    work: { node_type: lambda, lambda: "./task.mjs#work" }
  edges: [{ from: START, to: ask }, { from: ask, to: work }, { from: work, to: END }]
`,
  )
  for (const args of [
    ['init', '-q'],
    ['remote', 'add', 'origin', `https://user:${byPlace.ofRemote}@host.example/owner/repository.git`],
  ]) {
    spawnSync('git', args, { cwd: directory })
  }
  const environment = {
    SYGRA_GPT_4O_MINI_URL: `${url}/v1`,
    SYGRA_GPT_4O_MINI_TOKEN: byPlace.ofModel,
    PARTNER_API_KEY: byPlace.ofPartner,
  }
  return { directory, environment, sources: ['task.mjs', 'graph_config.yaml', join('.git', 'config')] }
}

/** What is found of secrets in a text, beginnings included. */
function found(text: string): string[] {
  return secrets.filter(
    (secret) => text.includes(secret) || text.includes(secret.slice(0, Math.max(14, secret.length / 2))),
  )
}

function filesUnder(directory: string, sources: readonly string[]): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !sources.some((source) => path.endsWith(source)))
}

test('no planted secret is in any output of any command, in any file, or in an answer of the studio', {
  timeout: 240_000,
}, async () => {
  const { directory, environment, sources } = project()
  const outputs = new Map<string, string>()
  const place = { directory, environment }
  const note = (args: readonly string[], { code, stdout, stderr }: CliResult) => {
    // What is not understood shows nothing.
    expect([args, code === 2 ? stderr : '']).toEqual([args, ''])
    outputs.set(args.join(' '), `${stdout}\n${stderr}`)
    return stdout + stderr
  }
  const cli = async (...args: string[]) => note(args, await runCliInShared(args, place))
  const task = ['-t', 'broken']
  const ran = await cli('run', ...task)
  // The failures are there, without what must not be read.
  expect(ran).toContain('[redacted]')
  await cli('run', ...task, '--quiet', '--debug')
  const files = filesUnder(directory, sources)
  const [base = '', head = ''] = files.filter((path) => /metadata_.*\.json$/.test(path))
  expect(head).not.toBe('')
  await cli('run', ...task, '--json')
  const commands = [
    ['show', head, '--all'],
    ['show', head, '--markdown', '--all'],
    ['show', head, '--json'],
    ['show', head, '--node', 'ask'],
    ['runs'],
    ['runs', '--json'],
    ['waste', head],
    ['waste', head, '--json'],
    ['explain', head, 'total_cost_usd', '--lines', '0'],
    ['explain', head, 'total_failures', '--json', '--lines', '0'],
    ['compare', base, head],
    ['compare', base, head, '--markdown', '--junit', 'gates.xml', '--gate', 'total_cost<+5%'],
    ['report', head, '--html', 'run.html'],
    ['reprice', head, '--write'],
    ['doctor'],
    ['doctor', '--json', '--offline'],
    ['watch', head],
    ['watch', head, '--json'],
    ['graph', ...task],
    ['validate', ...task],
    ['estimate', ...task],
    ['export', 'csv', head, '--table', 'requests', '-o', 'requests.csv'],
    ['export', 'parquet', head, '--table', 'requests', '-o', 'requests.parquet'],
    ['export', 'parquet', head, '--table', 'records', '-o', 'records.parquet'],
    ['show', `${byForm[0]}`],
    ['run', '-t', `${byForm[1]}`],
  ]
  for (const args of commands) {
    // Each has something to say.
    expect([args, await cli(...args)]).not.toEqual([args, ''])
  }
  // With its file gone a run is recovered from its ledger.
  rmSync(head)
  expect(await cli('recover')).toContain('requests')
  const pages = await studioPages(directory, environment)
  expect(pages.size).toBeGreaterThan(5)
  for (const [name, text] of [...outputs, ...pages]) expect([name, found(text)]).toEqual([name, []])
  const written = filesUnder(directory, sources)
  for (const path of written) expect([path, found(await textOf(path))]).toEqual([path, []])
  expect(written.filter((path) => path.endsWith('.parquet'))).toHaveLength(2)
  expect(written.some((path) => path.endsWith('run.html'))).toBe(true)
  expect(written.some((path) => path.endsWith('gates.xml'))).toBe(true)
  if (process.platform !== 'win32') {
    const open = written.filter(
      (path) => /output_|metadata_|ledger_|\.lock/.test(path) && (statSync(path).mode & 0o077) !== 0,
    )
    expect(open).toEqual([])
  }
  rmSync(directory, { recursive: true })
})

/** What a file holds: of Parquet, which is packed, the values. */
async function textOf(path: string): Promise<string> {
  if (!path.endsWith('.parquet')) return readFileSync(path, 'utf8')
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) })
  expect(rows.length).toBeGreaterThan(0)
  return JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}

/** Every answer of the studio that names a run. */
async function studioPages(directory: string, environment: NodeJS.ProcessEnv): Promise<Map<string, string>> {
  const studio = start(directory, ['studio', '--port', '0'], environment)
  const address = () => /http:\/\/127\.0\.0\.1:\d+/.exec(studio.stdout() + studio.stderr())?.[0]
  await until(() => address() !== undefined, studio)
  const pages = new Map<string, string>()
  const get = async (path: string) => {
    const response = await fetch(`${address()}${path}`)
    pages.set(`${path} ${response.status}`, await response.text())
    return pages.get(`${path} ${response.status}`) ?? ''
  }
  await get('/')
  const { rows }: { rows: { path: string; key?: string }[] } = JSON.parse(await get('/api/runs'))
  for (const { path, key = path } of rows.slice(0, 2)) {
    const run = `run=${encodeURIComponent(key)}`
    for (const name of ['run', 'records', 'timeline', 'waste', 'file']) await get(`/api/${name}?${run}`)
    await get(`/api/record?${run}&id=r1`)
    await get(`/api/compare?base=${encodeURIComponent(key)}&head=${encodeURIComponent(key)}`)
    await get(`/api/record?${run}&id=r3`)
  }
  studio.child.kill('SIGTERM')
  await studio.ended
  return pages
}

test.each([
  (address: string) => `${address.replace('//', `//user:${byPlace.ofDatabase}@`)}/v1`,
  (address: string) => `${address}/v1?api_key=${byPlace.ofDatabase}`,
  (address: string) => `${address.replace('//', `//${byPlace.ofDatabase}@`)}/v1#${byPlace.ofDatabase}`,
])(
  'an address with a secret in it is refused by the name of its variable, and printed by nobody (%#)',
  async (make) => {
    const { directory, environment } = project()
    const commands = [['run', '-t', 'broken'], ['validate', '-t', 'broken'], ['doctor']]
    const place = { directory, environment: { ...environment, SYGRA_GPT_4O_MINI_URL: make(url) } }
    for (const args of commands) {
      const { code, stdout, stderr } = await runCliInShared(args, place)
      expect(found(stdout + stderr)).toEqual([])
      if (args[0] !== 'doctor')
        expect([code, stderr + stdout]).toEqual([1, expect.stringContaining('SYGRA_GPT_4O_MINI_URL')])
    }
    rmSync(directory, { recursive: true })
  },
)
