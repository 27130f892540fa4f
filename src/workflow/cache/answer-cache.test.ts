import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { modelThat } from '../../../test/helpers/model-object.ts'
import { runNodes } from '../../../test/helpers/run-nodes.ts'
import { scratchFolder } from '../../../test/helpers/scratch-folder.ts'
import type { Metadata } from '../../metadata/schema.ts'
import type { AnswerFunction } from '../../simulator/answers/answer.ts'
import type { ChatRequest } from '../../simulator/chat-request.ts'
import type { LlmNodeConfig } from '../nodes/llm/llm-config.ts'
import type { RunOptions } from '../run/run-options.ts'

const node = (rest: Partial<LlmNodeConfig> = {}): LlmNodeConfig => ({
  node_type: 'llm',
  model: { name: 'gpt-4o-mini' },
  prompt: [{ user: 'About {text}?' }],
  output_keys: 'out',
  ...rest,
})
const rows = [
  { id: 'r1', text: 'rain' },
  { id: 'r2', text: 'snow' },
]
/** No two answers are the same. */
let lastAnswer = 0
const numbered = (): string => {
  lastAnswer += 1
  return `answer ${lastAnswer}`
}

type Given = Parameters<typeof runNodes>[1]

function run(directory: string, { config = node(), ...given }: Given & { readonly config?: LlmNodeConfig } = {}) {
  const { options, ...rest } = given
  return runNodes({ it: config }, { rows, answer: numbered, ...rest, options: { cache: directory, ...options } })
}

const outOf = ({ records }: { readonly records: readonly object[] }) =>
  records.map((record) => String(Reflect.get(record, 'out')))

function totalsOf({ metadata }: { readonly metadata: Metadata | null }): Metadata['aggregate_statistics'] {
  if (metadata === null) throw new Error('the run has no metadata')
  return metadata.aggregate_statistics
}

function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

test('a second run makes no request, spends nothing, and says what it avoided', async () => {
  const directory = await scratchFolder()
  const first = await run(directory)
  const second = await run(directory)
  expect(first.requests).toHaveLength(2)
  expect(second.requests).toEqual([])
  expect(second.records).toEqual(first.records)
  const spent = totalsOf(first)
  const { avoided, cost, requests, tokens } = totalsOf(second)
  expect(spent.avoided).toBeUndefined()
  expect([requests.total_requests, tokens.total_tokens, cost.total_cost_usd]).toEqual([0, 0, 0])
  expect(avoided).toMatchObject({
    requests: 2,
    total_prompt_tokens: spent.tokens.total_prompt_tokens,
    total_completion_tokens: spent.tokens.total_completion_tokens,
    total_tokens: spent.tokens.total_tokens,
    cost_usd: 0,
    simulated_cost_usd: spent.cost.total_cost_usd,
    unpriced_requests: 0,
  })
  expect(second.metadata?.models['gpt-4o-mini']?.avoided).toEqual(avoided)
  expect(second.metadata?.nodes.it?.avoided).toEqual(avoided)
})

test('without it nothing is kept', async () => {
  const { requests } = await run(await scratchFolder(), { options: { cache: false } })
  expect(requests).toHaveLength(2)
})

describe('of one prompt', () => {
  const samples = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `s${index}`, text: 'rain' }))

  test('n samples stay n different answers; more samples ask for the rest', async () => {
    const directory = await scratchFolder()
    const first = await run(directory, { rows: samples(3) })
    expect(new Set(outOf(first)).size).toBe(3)
    const second = await run(directory, { rows: samples(5) })
    expect(second.requests).toHaveLength(2)
    expect(new Set(outOf(second)).size).toBe(5)
    expect(outOf(second)).toEqual(expect.arrayContaining(outOf(first)))
  })

  test('a record that is done later gets none of the answers that others of its run have had', async () => {
    const directory = await scratchFolder()
    const outputDir = await scratchFolder()
    const all = { rows: samples(4), options: { outputDir, batchSize: 1 } satisfies RunOptions }
    const begun = await run(directory, { ...all, options: { ...all.options, pauseAfter: 2 } })
    expect(begun.status).toBe('interrupted')
    const whole = await run(directory, { ...all, options: { ...all.options, resume: true } })
    expect(whole.requests).toHaveLength(2)
    expect(new Set(outOf(whole)).size).toBe(4)
  })
})

test.each<[string, Partial<LlmNodeConfig>]>([
  ['another model', { model: { name: 'gpt-4o' } }],
  ['another parameter', { model: { name: 'gpt-4o-mini', parameters: { temperature: 0.1 } } }],
  ['other words', { prompt: [{ user: 'Of {text}?' }] }],
  ['another role', { prompt: [{ system: 'About {text}?' }] }],
  ['a tool', { tools: [{ name: 'add', parameters: z.object({ a: z.number() }), execute: () => 1 }] }],
])('%s is another question', async (_what, rest) => {
  const directory = await scratchFolder()
  await run(directory)
  const { requests } = await run(directory, { config: node(rest) })
  expect(requests).toHaveLength(2)
})

test('another seed of a rehearsal is another question, as another parameter of a model is', async () => {
  const directory = await scratchFolder()
  const simulate = (seed: number) => ({ simulate: { seed, timeScale: 0 } })
  await run(directory, { options: simulate(1) })
  const same = await run(directory, { options: simulate(1) })
  const other = await run(directory, { options: simulate(2) })
  const avoided = (of: typeof same) => totalsOf(of).avoided?.requests ?? 0
  expect([avoided(same), avoided(other)]).toEqual([2, 0])
})

test('other answers of a rehearsal than before are asked for anew', async () => {
  const directory = await scratchFolder()
  const answered = async (answers: AnswerFunction) =>
    outOf(await run(directory, { options: { simulate: { answers, timeScale: 0 } } }))
  expect(await answered(() => 'one')).toEqual(['one', 'one'])
  expect(await answered(() => 'other')).toEqual(['other', 'other'])
})

test.each([['length' as const], ['content_filter' as const]])(
  'an answer that ended with %s is not kept',
  async (finishReason) => {
    const directory = await scratchFolder()
    const answer = () => ({ content: 'half', finishReason })
    await run(directory, { answer })
    expect(filesIn(directory)).toEqual([])
  },
)

test('a failure is not kept, and its sample is free for the next call', async () => {
  const directory = await scratchFolder()
  const { model, calls } = modelThat(() =>
    calls.length === 1 ? { status: 400, body: '' } : { text: `answer ${calls.length}` },
  )
  const config = node({ model: { name: 'mock', language_model: model } })
  const same = ['s1', 's2'].map((id) => ({ id, text: 'rain' }))
  const options = { batchSize: 1, simulate: false }
  const first = await run(directory, { config, rows: same, options })
  expect(first.failures).toHaveLength(1)
  const again = await run(directory, { config, rows: same.slice(1), options })
  expect(outOf(again)).toEqual(outOf(first))
  expect(calls).toHaveLength(2)
})

test('answers that fit no schema are not kept; those that led to one that does are', async () => {
  const schema = z.object({ a: z.number() })
  const config = node({ structured_output: { schema, max_parse_retries: 1 } })
  const directory = await scratchFolder()
  const one = { config, rows: rows.slice(0, 1) }
  await run(directory, { ...one, answer: () => 'no JSON' })
  expect(filesIn(directory)).toEqual([])
  const answer = (_request: ChatRequest, index: number) => (index === 0 ? 'no JSON' : '{"a":1}')
  await run(directory, { ...one, answer })
  const again = await run(directory, { ...one, answer })
  expect(again.requests).toEqual([])
  expect(again.failures).toEqual([])
})

test('a damaged answer is asked for anew', async () => {
  const directory = await scratchFolder()
  const first = await run(directory)
  const [one = '', other = ''] = filesIn(directory)
  truncateSync(one, statSync(one).size - 5)
  writeFileSync(other, readFileSync(other, 'utf8').replace('answer', 'ANSWER'))
  const second = await run(directory)
  expect(second.requests).toHaveLength(2)
  expect(outOf(second).some((out) => outOf(first).includes(out) || out.startsWith('ANSWER'))).toBe(false)
  const third = await run(directory)
  expect(third.records).toEqual(second.records)
})

test('a folder that takes nothing is told of once, and the run goes on', async () => {
  const directory = await scratchFolder()
  // As where the disk is full: nothing can be made in it.
  for (let number = 0; number < 256; number += 1) {
    writeFileSync(join(directory, number.toString(16).padStart(2, '0')), '')
  }
  const notices: string[] = []
  const { records } = await run(directory, { options: { onNotice: (notice) => notices.push(notice) } })
  expect(records).toHaveLength(2)
  expect(notices).toEqual([expect.stringMatching(/answers cannot be kept in .*: the run goes on/)])
})

test('a folder that cannot be made refuses the run before anything is asked', async () => {
  const file = join(await scratchFolder(), 'file')
  writeFileSync(file, '')
  await expect(run(join(file, 'cache'))).rejects.toMatchObject({ code: 'not_writable' })
})

test('only its owner may read what is kept', async () => {
  const directory = await scratchFolder()
  await run(directory)
  expect(filesIn(directory).map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600])
})

test('two runs at once that ask the same make one request for each answer', async () => {
  const directory = await scratchFolder()
  const [one, other] = await Promise.all([run(directory), run(directory)])
  expect(one.requests.length + other.requests.length).toBe(2)
  expect(other.records).toEqual(one.records)
})

test('what is more than may be kept is removed, the oldest first', async () => {
  const directory = await scratchFolder()
  const many = Array.from({ length: 30 }, (_, index) => ({ id: `m${index}`, text: `text ${index}` }))
  const cache = { directory, maxBytes: 5_000 }
  await run(directory, { rows: many, options: { cache, batchSize: 1 } })
  const bytes = filesIn(directory).reduce((sum, path) => sum + statSync(path).size, 0)
  expect(bytes).toBeLessThan(6_000)
  const again = await run(directory, { rows: many.slice(-2), options: { cache } })
  expect(again.requests).toEqual([])
})
