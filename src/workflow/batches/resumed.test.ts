import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lateLine, MessageBatches, refusedLine } from '../../../test/helpers/message-batches.ts'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import type { BatchChange } from '../../metadata/event.ts'
import type { RunOptions } from '../run/run-options.ts'
import { Workflow } from '../workflow.ts'
import { createAnthropicBatches } from './anthropic-batches.ts'
import { batchSettingsOf } from './batch-choice.ts'
import { BatchCourier } from './batch-courier.ts'
import { createBatchHttp } from './batch-http.ts'

let claude: MessageBatches
let outputDir: string
const before = { ...process.env }

beforeEach(async () => {
  claude = new MessageBatches()
  process.env.ANTHROPIC_BASE_URL = await claude.open()
  process.env.ANTHROPIC_API_KEY = 'a-key'
  outputDir = await scratchFolder()
})

afterEach(async () => {
  for (const name of ['ANTHROPIC_BASE_URL', 'ANTHROPIC_API_KEY']) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
  await claude.close()
})

const records = 4

async function run(options: RunOptions = {}, { hasTwoNodes = false } = {}) {
  const graph = new Workflow('claude').source(Array.from({ length: records }, (_, id) => ({ id: `r${id}`, text: id })))
  graph.addLLMNode('it', 'claude-sonnet-4-5').userMessage('About {text}?').outputKeys('out')
  if (hasTwoNodes) {
    graph.addLLMNode('more', 'claude-sonnet-4-5').userMessage('And {out} of {text}?').outputKeys('more')
    graph.addEdge('START', 'it').addEdge('it', 'more').addEdge('more', 'END')
  }
  return graph.run({ outputDir, checkModels: false, batchApi: { pollSeconds: 0.02 }, ...options })
}

const sizes = () => claude.batches.map(({ requests }) => requests.length)
/** The first so many are answered, the others not in time. */
const late = (from: number) => (lines: string[], batch: MessageBatches['batches'][number]) =>
  `${lines.map((line, index) => (index < from ? line : lateLine(batch.requests[index]?.custom_id ?? ''))).join('\n')}\n`

test('what one session was too late for goes into a new batch of the next', async () => {
  claude.change = late(3)
  const left = await run()
  expect([left.status, left.records.length]).toEqual(['interrupted', 3])
  claude.change = (lines) => `${lines.join('\n')}\n`
  const done = await run({ resume: true })
  expect([done.status, done.records.length, sizes()]).toEqual(['complete', records, [records, 1]])
  expect(done.metadata?.aggregate_statistics.requests.total_requests).toBe(records)
})

test('a record that has failed is asked anew, also where its first answer is on the disk', async () => {
  claude.change = (lines, { requests: [first, second] }) =>
    [refusedLine(first?.custom_id ?? ''), lateLine(second?.custom_id ?? ''), ...lines.slice(2), ''].join('\n')
  const begun = await run()
  expect([begun.status, begun.records.length, begun.failures.length]).toEqual(['interrupted', 2, 1])
  claude.change = (lines) => `${lines.join('\n')}\n`
  const done = await run({ resume: true, retryFailed: true })
  expect([done.status, done.records.length, done.failures]).toEqual(['complete', records, []])
  // The one that failed, and the one that was late.
  expect(sizes()).toEqual([records, 2])
})

test('a complete run has nothing to be read any more: only what failed is asked anew', async () => {
  claude.change = (lines, batch) =>
    `${[refusedLine(batch.requests[0]?.custom_id ?? ''), ...lines.slice(1)].join('\n')}\n`
  const first = await run()
  expect([first.status, first.failures.length]).toEqual(['complete', 1])
  claude.change = (lines) => `${lines.join('\n')}\n`
  const looks = claude.looks
  // As where the provider has forgotten it.
  claude.batches.splice(0, 1)
  const done = await run({ resume: true, retryFailed: true })
  expect([done.records.length, done.failures, claude.looks - looks, sizes()]).toEqual([records, [], 1, [1]])
  expect(done.metadata?.execution.batches?.map(({ state, lines }) => [state, lines])).toEqual([
    ['ended', records],
    ['ended', 1],
  ])
})

test('answers that are read again count once against a limit', async () => {
  claude.change = (lines, batch) => (batch.id === 'msgbatch_1' ? late(0)(lines, batch) : `${lines.join('\n')}\n`)
  const left = await run({}, { hasTwoNodes: true })
  expect([left.status, sizes()]).toEqual(['interrupted', [records, records]])
  claude.change = (lines) => `${lines.join('\n')}\n`
  const done = await run({ resume: true, maxRequests: 2 * records }, { hasTwoNodes: true })
  expect([done.status, done.stopped, sizes()]).toEqual(['complete', undefined, [records, records, records]])
  expect(done.metadata?.aggregate_statistics.requests.total_requests).toBe(2 * records)
})

test('without the option a resumed run goes on as it was, and the deadline of its batches stays', async () => {
  claude.isSlow = () => true
  const stop = new AbortController()
  await run({
    stop: stop.signal,
    onEvent: (event) => {
      if (event.type === 'batch-change' && event.state === 'waiting') stop.abort()
    },
    batchApi: { pollSeconds: 0.02, waitSeconds: 0.01 },
  })
  expect(claude.cancels).toEqual([])
  const { status } = await run({ batchApi: undefined, resume: true })
  // What the first one has not answered is in a second one, of which the time is over as well.
  expect([status, sizes(), claude.cancels]).toEqual(['interrupted', [records, records], ['msgbatch_0', 'msgbatch_1']])
})

test('a batch that the provider keeps no longer is gone; one that it should still have stops the run', async () => {
  const headers = { 'x-api-key': 'a-key', 'anthropic-version': '2023-06-01' }
  const baseUrl = process.env.ANTHROPIC_BASE_URL ?? ''
  const service = createAnthropicBatches(createBatchHttp({ fetch, baseUrl, headers }))
  const changes: BatchChange[] = []
  const courier = new BatchCourier({
    settings: batchSettingsOf({ pollSeconds: 0.02 }),
    record: (change) => changes.push(change),
    sync: async () => {},
    onNotice: () => {},
    closed: new AbortController().signal,
    taken: [],
  })
  const path = join(outputDir, 'requests.jsonl')
  const carry = (submittedAtMs: number) =>
    courier.carry(
      service,
      { mark: 'm', model: 'claude', path, ids: ['a'], lines: 1, submittedAtMs, providerId: 'msgbatch_old' },
      { from: 'waiting', resultsPath: join(outputDir, 'results.jsonl') },
    )
  const day = 86_400_000
  await expect(carry(Date.now() - 20 * day)).rejects.toThrow('status 404: no such batch')
  expect(await carry(Date.now() - 30 * day)).toEqual({ type: 'gone' })
  expect(changes.map(({ state }) => state)).toEqual(['failed'])
})
