import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { chatCompletion, type FaultServer, sendJson, startFaultServer } from '../helpers/fault-server.ts'
import {
  noPrometheus,
  type Prometheus,
  promtoolComplaints,
  promtoolOfRules,
  startPrometheus,
} from '../helpers/prometheus.ts'
import { projectWithExample, runCliInShared } from '../helpers/run-cli.ts'
import { metadataIn } from '../helpers/run-program.ts'
import { scratchFolder } from '../helpers/scratch-folder.ts'
import { writeSampleRun } from '../helpers/studio-runs.ts'

let server: FaultServer | undefined
let prometheus: Prometheus | undefined
const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await prometheus?.stop()
  await server?.close()
  for (const end of ends.splice(0)) await end()
  server = undefined
  prometheus = undefined
})

/** Starts the built command line; gives what it says and how to end it. */
function startCli(args: readonly string[], directory: string, environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [resolve('dist/cli/main.js'), ...args], {
    cwd: directory,
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    said.out += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    said.err += String(chunk)
  })
  const end = async () => {
    child.stdin.end()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
    return child.exitCode
  }
  ends.push(end)
  return { said, end }
}

/** Looks until something is there; the time limit of the test is the only one. */
async function eventually<Value>(look: () => Promise<Value | undefined> | Value | undefined): Promise<Value> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((done) => setTimeout(done, 50))
  }
}

const page = readFileSync('docs/prometheus.md', 'utf8')
const promql = [...page.matchAll(/```promql\n([\s\S]*?)```/g)].flatMap(([, text = '']) => text.trim().split('\n'))

const metricsUrl = (said: { readonly err: string }) => /Prometheus: (http:\S+)/.exec(said.err)?.[1]

async function startAsking() {
  server = await startFaultServer((response, _request, index) =>
    index === 0
      ? sendJson(response, 429, { error: { message: 'slow down' } })
      : sendJson(response, 200, chatCompletion()),
  )
  const directory = await scratchFolder()
  const program = resolve('test/fixtures/programs/ask-and-wait.mjs')
  const cli = startCli(['exec', '--task', 'nightly', '--metrics-port', '0', '--', 'node', program], directory, {
    MODEL_URL: server.url,
  })
  const url = await eventually(() => metricsUrl(cli.said))
  return { ...cli, url, directory }
}

test(`a watched program shows its figures to this machine, no page of a browser, and a real Prometheus (${noPrometheus ?? 'found'})`, async () => {
  const { url, directory, end, said } = await startAsking()
  await eventually(() => (said.out.includes('asked') ? true : undefined))
  const status = (options: {
    readonly path?: string
    readonly method?: string
    readonly headers?: Record<string, string>
  }) =>
    new Promise<number | undefined>((done, failed) => {
      request(url, options, (answer) => done(answer.resume().statusCode))
        .on('error', failed)
        .end()
    })
  expect(await status({})).toBe(200)
  expect(await status({ headers: { host: 'rebound.example' } })).toBe(403)
  expect(await status({ headers: { origin: 'https://evil.example' } })).toBe(403)
  expect(await status({ path: '/other' })).toBe(404)
  expect(await status({ method: 'POST' })).toBe(405)
  const elsewhere = await scratchFolder()
  const begin = "require('node:fs').writeFileSync('begun', '')"
  const taken = await runCliInShared(['exec', '--metrics-port', new URL(url).port, '--', 'node', '-e', begin], {
    directory: elsewhere,
  })
  // Refused before the program has begun.
  expect(taken).toMatchObject({ code: 1, stdout: '' })
  expect(existsSync(join(elsewhere, 'begun'))).toBe(false)
  expect(taken.stderr).toContain('another program listens there')
  const read = noPrometheus === undefined ? await readByPrometheus(url) : undefined
  expect(await end()).toBe(0)
  if (read === undefined) return
  const [file] = metadataIn(directory)
  expect(read.costUsd).toBe(file?.aggregate_statistics.cost.total_cost_usd)
  expect(read.tokens).toBe(file?.aggregate_statistics.tokens.total_tokens)
  expect(read.p50Seconds).toBeGreaterThan(0)
})

/** What a real Prometheus has read of the program that `startAsking` starts. */
async function readByPrometheus(url: string) {
  prometheus = await startPrometheus(new URL(url).host)
  const { query } = prometheus
  const requests = await eventually(async () => {
    const samples = await query('sygra_requests_total')
    return samples.reduce((sum, { value }) => sum + value, 0) === 4 ? samples : undefined
  })
  expect(requests.map(({ metric: { task, model, code }, value }) => ({ task, model, code, value }))).toEqual([
    { task: 'nightly', model: 'gpt-4o-mini', code: '200', value: 3 },
    { task: 'nightly', model: 'gpt-4o-mini', code: '429', value: 1 },
  ])
  const [cost] = await query('sum(sygra_cost_usd_total)')
  const [tokens] = await query('sum(sygra_tokens_total)')
  const [p50] = await query('histogram_quantile(0.5, sum by (le) (sygra_request_duration_seconds_bucket))')
  // What the page shows can be asked.
  for (const line of promql) await query(line)
  return { costUsd: cost?.value, tokens: tokens?.value, p50Seconds: p50?.value }
}

test('a run of a workflow is read while it goes on, and what is exported of it passes promtool', async () => {
  const directory = projectWithExample()
  const args = ['run', '--task', 'examples.code_assistant', '-n', '4', '--simulate', '--simulate-seed', '3', '--quiet']
  const { said, end } = startCli([...args, '--output-dir', 'out', '--metrics-port', '0'], directory)
  const url = await eventually(() => metricsUrl(said))
  const text = await eventually(async () => {
    const body = await fetch(url).then((answer) => answer.text())
    return body.includes('sygra_requests_total{') ? body : undefined
  })
  expect(text).toContain('sygra_runs{task="tasks.examples.code_assistant",status="running"} 1')
  expect(await end()).toBe(0)
  const [file] = metadataIn(`${directory}/out`)
  const exported = await runCliInShared(['export', 'prometheus', 'out'], { directory })
  const total = file?.aggregate_statistics.requests.total_requests
  const counts = [...exported.stdout.matchAll(/^sygra_requests_total\{.*\} (\d+)$/gm)].map(([, count]) => Number(count))
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(total)
  // A rehearsal is no money.
  expect(exported.stdout).toContain('sygra_simulated_cost_usd_total')
  expect(exported.stdout).not.toContain('sygra_cost_usd_total{')
  if (noPrometheus === undefined) {
    expect(await promtoolComplaints(text)).toBe('')
    expect(await promtoolComplaints(exported.stdout)).toBe('')
  }
})

test('metrics of one run can be written for the textfile collector; of several they would be added up', async () => {
  const directory = await scratchFolder()
  await writeSampleRun(directory, 'metadata/metadata_a_2026-11-20_01-00-00.json', { runId: 'run-aaaa' })
  await writeSampleRun(directory, 'metadata/metadata_b_2026-11-20_02-00-00.json', {
    runId: 'run-bbbb',
    costStatus: 'partial',
  })
  const written = await runCliInShared(['export', 'prometheus', 'run-bbbb', '-o', 'sygra.prom'], { directory })
  expect(written).toMatchObject({ code: 0, stdout: '' })
  const both = await runCliInShared(['export', 'prometheus', 'run-aaaa', 'run-bbbb'], { directory })
  expect(both.stderr).toContain('prometheus takes one run')
  const { stdout } = await runCliInShared(['export', 'prometheus', 'run-bbbb'], { directory })
  expect(stdout).toContain('sygra_cost_is_lower_bound{task="examples.code_assistant",model="gpt-4o-mini"} 1')
})

test.skipIf(noPrometheus)('promtool takes the rules of the page, and the page names every metric', async () => {
  const [rules = ''] = [...page.matchAll(/```yaml\n(groups:[\s\S]*?)```/g)].map(([, text]) => text)
  expect(await promtoolOfRules(rules)).toMatch(/SUCCESS: 2 rules found/)
  const text = readFileSync('src/exporters/prometheus/run-metrics.ts', 'utf8')
  const names = [...text.matchAll(/(?:counter|gauge|histogram)\(\s*'(\w+)'/g)].map(([, name]) => `sygra_${name}`)
  expect(names.length).toBeGreaterThan(20)
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})
