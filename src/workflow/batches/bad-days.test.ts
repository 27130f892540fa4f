import { afterEach, beforeEach, expect, test } from 'vitest'
import { answerLine, MessageBatches } from '../../../test/helpers/message-batches.ts'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import type { RunOptions } from '../run/run-options.ts'
import { Workflow } from '../workflow.ts'

let claude: MessageBatches
const before = { ...process.env }

beforeEach(async () => {
  claude = new MessageBatches()
  process.env.ANTHROPIC_BASE_URL = await claude.open()
  process.env.ANTHROPIC_API_KEY = 'a-key'
})

afterEach(async () => {
  for (const name of ['ANTHROPIC_BASE_URL', 'ANTHROPIC_API_KEY']) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
  await claude.close()
})

const records = 5

async function run(options: RunOptions = {}) {
  const graph = new Workflow('claude').source(Array.from({ length: records }, (_, id) => ({ id: `r${id}`, text: id })))
  graph.addLLMNode('it', 'claude-sonnet-4-5').userMessage('About {text}?').outputKeys('out')
  const outputDir = options.outputDir ?? (await scratchFolder())
  return graph.run({ checkModels: false, batchApi: { pollSeconds: 0.02 }, ...options, outputDir })
}

// $3 and $15 for a million, by half.
const usdOfCall = (1_000 * 1.5 + 100 * 7.5) / 1e6

test('Anthropic: one batch, priced at half, each answer at its record', async () => {
  const { records: rows, metadata } = await run()
  expect(rows).toHaveLength(records)
  expect(new Set(rows.map((row) => Reflect.get(row, 'out'))).size).toBe(records)
  expect(claude.batches).toHaveLength(1)
  expect(claude.batches[0]?.requests[0]?.params).toMatchObject({ model: 'claude-sonnet-4-5', messages: [{}] })
  expect(metadata?.aggregate_statistics.cost.total_cost_usd).toBeCloseTo(records * usdOfCall, 6)
})

test('a batch that arrived although its answer was lost is found by time and size, and not handed in again', async () => {
  claude.losesAnswers = 1
  const { records: rows } = await run()
  expect(rows).toHaveLength(records)
  expect(claude.batches).toHaveLength(1)
})

test('lines that are missing are tried again in the next batch, once each', async () => {
  claude.change = (lines) => `${(claude.batches.length === 1 ? lines.slice(1) : lines).join('\n')}\n`
  const { records: rows, metadata } = await run()
  expect(rows).toHaveLength(records)
  expect(claude.batches.map(({ requests }) => requests.length)).toEqual([records, 1])
  expect(metadata?.aggregate_statistics.cost.total_cost_usd).toBeCloseTo(records * usdOfCall, 6)
})

test('lines that stand twice, and lines of unknown calls, change nothing', async () => {
  claude.change = (lines) => `${[...lines, ...lines, answerLine('somebody-else', 9)].join('\n')}\n`
  const { records: rows, metadata } = await run()
  expect(rows).toHaveLength(records)
  expect(metadata?.aggregate_statistics.requests.total_requests).toBe(records)
  expect(metadata?.aggregate_statistics.cost.total_cost_usd).toBeCloseTo(records * usdOfCall, 6)
})

test('a file of results that is cut in the middle is asked for again', async () => {
  claude.change = (lines) => {
    const text = `${lines.join('\n')}\n`
    return claude.looks === 1 ? text.slice(0, text.length * 0.7) : text
  }
  const { records: rows } = await run()
  expect(rows).toHaveLength(records)
  expect(claude.batches).toHaveLength(1)
  expect(claude.looks).toBe(2)
})

test('a batch that is refused stops the run with the reason, and no record has failed over it', async () => {
  process.env.ANTHROPIC_API_KEY = 'wrong'
  const { status, stopped, failures } = await run()
  expect(status).toBe('interrupted')
  expect(stopped?.message).toContain('status 401: no')
  expect(failures).toEqual([])
})

test('a provider that is away when the results are there is asked again', async () => {
  claude.failsResults = { times: 5, status: 503 }
  const { records: rows } = await run()
  expect([rows.length, claude.looks, claude.batches.length]).toEqual([records, 6, 1])
})

test('results that the provider refuses stop the run, and are not asked for twice', async () => {
  claude.failsResults = { times: 9, status: 403 }
  const { status, stopped } = await run()
  expect([status, claude.looks]).toEqual(['interrupted', 1])
  expect(stopped?.message).toContain('status 403: not now')
})

test("somebody else's batch of the same time and size is neither taken nor cancelled", async () => {
  claude.add(Array.from({ length: records }, (_, index) => ({ custom_id: `theirs-${index}` })))
  claude.refuses = 1
  const { records: rows } = await run({ batchApi: { pollSeconds: 0.02, waitSeconds: 0.01 } })
  expect([rows.length, claude.cancels]).toEqual([records, []])
  expect(claude.batches.map(({ requests }) => requests.length)).toEqual([records, records])
})

test('a cancellation that is refused is tried again at the next look, and told of when it is done', async () => {
  claude.isSlow = () => true
  claude.refusesCancels = 2
  const notices: string[] = []
  const batchApi = { pollSeconds: 0.02, waitSeconds: 0.01, late: 'leave' as const }
  const { status, metadata } = await run({ batchApi, onNotice: (notice) => notices.push(notice) })
  expect([status, claude.cancels.length]).toEqual(['interrupted', 3])
  // Its results have a line for each call that was cancelled, which is no answer.
  expect(metadata?.execution.batches).toMatchObject([{ state: 'ended', lines: records, answered: 0 }])
  expect(notices.filter((notice) => notice.includes('is cancelled'))).toHaveLength(1)
})
