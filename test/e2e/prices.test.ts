import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseMetadata } from '../../src/metadata/parse.ts'
import { type FaultServer, sendJson, startFaultServer } from '../helpers/fault-server.ts'
import { runCliInShared } from '../helpers/run-cli.ts'

// A program is watched as it is; what it cost is then followed, disputed and worked out anew on the command line.
const profile = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3'

let server: FaultServer
let directory: string
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sygra-cost-'))
  server = await startFaultServer((response, request) => {
    if (request.url?.endsWith('/converse')) {
      const usage = { inputTokens: 1000, outputTokens: 1000, totalTokens: 2000 }
      return sendJson(response, 200, { output: { message: { role: 'assistant', content: [] } }, usage })
    }
    const asked = /deployments\/([^/]+)/.exec(request.url ?? '')?.[1]
    const model = asked ?? String(request.headers['x-model'])
    const usage = { prompt_tokens: 1000, completion_tokens: 1000, total_tokens: 2000 }
    const cost = model === 'router/routed' ? { cost: 0.0123 } : {}
    sendJson(response, 200, {
      id: `chatcmpl-${Math.random()}`,
      object: 'chat.completion',
      model,
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
      usage: { ...usage, ...cost },
    })
  })
})
afterEach(() => server.close())

const sygra = async (...args: string[]) => {
  const result = await runCliInShared(args, { directory, environment: { NO_COLOR: '1' } })
  expect(result.stderr).not.toMatch(/Error/)
  return result.stdout
}

/** Runs a program that makes these requests under `sygra exec`, and gives what was printed. */
async function watch(requests: readonly { path: string; model: string; count: number }[]): Promise<string> {
  const program = `for (const { path, model, count } of ${JSON.stringify(requests)}) {
    for (let index = 0; index < count; index += 1) {
      const body = JSON.stringify({ model, messages: [{ role: 'user', content: String(index) }] })
      const headers = { 'content-type': 'application/json', 'x-model': model }
      await (await fetch('${server.url}' + path, { method: 'POST', headers, body })).json()
    }
  }`
  writeFileSync(join(directory, 'program.mjs'), program)
  const { stdout, stderr } = await runCliInShared(['exec', 'node', 'program.mjs'], { directory })
  return stdout + stderr
}

const chat = (model: string, count: number) => ({ path: '/chat/completions', model, count })

test('a total with unknowns is a lower bound wherever it is shown', async () => {
  const whole = '≥ $0.012 (4 of 20 requests unpriced: my-deployment)'
  expect(await watch([chat('gpt-4o-mini', 16), chat('my-deployment', 4)])).toContain(whole)
  expect(await sygra('show')).toContain(whole)
  expect(await sygra('show', '--markdown')).toContain('≥ \\$0.012 (4 of 20 requests unpriced: my-deployment)')
  expect(await sygra('runs')).toMatch(
    /≥ \$0\.012[\s\S]*Spent: ≥ \$0\.012 \(1 run has requests whose cost is not known\)/,
  )
  const [file = ''] = readdirSync(join(directory, 'metadata')).filter((name) => name.startsWith('metadata_'))
  const comparison = await sygra('compare', join('metadata', file), join('metadata', file))
  expect(comparison).toContain(whole)
  expect(comparison).toMatch(/cost +≥ \$0\.012 +≥ \$0\.012/)
  expect(await sygra('prices', '--check')).toMatch(
    /Unpriced of my-deployment[\s\S]* 4 +127\.0\.0\.1 is no known provider/,
  )
}, 120_000)

test('a figure of show is followed down to the page it rests on', async () => {
  await watch([chat('gpt-4o-mini', 3)])
  const shown = await sygra('show', '--all')
  expect(shown).toMatch(/^cost +\$0\.00225$/m)
  expect(shown).toMatch(/Receipt of gpt-4o-mini: \$0\.00225\n3 requests at the standard price of openai gpt-4o-mini/)
  expect(shown).toMatch(/input +3,000 +\$0\.15 +\$0\.00045\n/)
  expect(shown).toMatch(/output +3,000 +\$0\.60 +\$0\.0018\n/)
  const page = /^Price page: (\S+)$/m.exec(shown)?.[1] ?? ''
  expect(await sygra('prices', 'gpt-4o-mini')).toContain(page)
}, 120_000)

test('an Azure deployment and an application inference profile are priced once they are mapped', async () => {
  writeFileSync(
    join(directory, 'prices.yaml'),
    `models:\n  chat-prod: { model: gpt-4o-mini, provider: azure }\n  ${profile}: anthropic.claude-3-haiku-20240307-v1:0\n`,
  )
  await watch([
    { path: '/openai/deployments/chat-prod/chat/completions?api-version=2025-01-01', model: 'chat-prod', count: 1 },
    { path: `/model/${encodeURIComponent(profile)}/converse`, model: profile, count: 1 },
  ])
  const shown = await sygra('show', '--all')
  // 1000 × 0.15 + 1000 × 0.6, and 1000 × 0.25 + 1000 × 1.25
  expect(shown).toMatch(/at the standard price of azure gpt-4o-mini/)
  expect(shown).toMatch(/at the standard price of aws regional\.anthropic\.claude-3-haiku-20240307-v1:0/)
  expect(shown).toMatch(/^cost +\$0\.00225$/m)
}, 120_000)

test('what the provider states counts, and a run is worked out anew without a change to its file', async () => {
  await watch([chat('router/routed', 2), chat('gpt-4o', 1), chat('my-deployment', 1)])
  expect(await sygra('show', '--receipts')).toContain('Receipt of router/routed: $0.0246 stated by the provider')
  const folder = join(directory, 'metadata')
  const [file = ''] = readdirSync(folder).filter((name) => name.startsWith('metadata_'))
  const before = readFileSync(join(folder, file), 'utf8')
  writeFileSync(
    join(directory, 'contract.yaml'),
    'currency_note: EUR at 1.08\ndiscount: 0.2\nmodels: { my-deployment: gpt-4o }\n',
  )
  const repriced = await sygra('reprice', '--prices', 'contract.yaml', '--write')
  expect(repriced).toContain('Now: with the prices of contract.yaml.\nCurrency: EUR at 1.08')
  expect(repriced).toMatch(/gpt-4o .* \$0\.0125 +\$0\.01 +-\$0\.0025 +-20%/)
  expect(repriced).toMatch(/my-deployment .* unpriced +\$0\.01 /)
  expect(readFileSync(join(folder, file), 'utf8')).toBe(before)
  const [written = ''] = readdirSync(folder).filter((name) => name.startsWith('repriced_'))
  const metadata = parseMetadata(readFileSync(join(folder, written), 'utf8'), written)
  expect(metadata.repriced_from).toMatchObject({ file, prices: expect.stringContaining('contract.yaml') })
  expect(metadata.aggregate_statistics.cost).toMatchObject({ status: 'priced', total_cost_usd: 0.0446 })
  expect(metadata.models['gpt-4o']?.cost.receipt?.[0]?.currency_note).toBe('EUR at 1.08')
}, 120_000)

test('a bad prices file is refused with its place, and a model without a price says why', async () => {
  const bad = join(directory, 'bad.yaml')
  writeFileSync(bad, 'prices:\n  m:\n    input: cheap\n')
  const { code, stderr } = await runCliInShared(['prices', 'm', '--prices', bad], { directory })
  expect(code).not.toBe(0)
  expect(stderr).toContain('bad.yaml:3:12: ')
  expect(await sygra('prices', 'gpt-4o-minimal')).toMatch(/why +.*"gpt-4o-minimal"/)
  expect(await sygra('prices', 'o3', '--at', '2025-06-01')).toMatch(/input +\$10\.00/)
}, 120_000)
