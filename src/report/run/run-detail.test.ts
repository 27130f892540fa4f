import { expect, test } from 'vitest'
import { sampleMetadata } from '../../../test/helpers/sample-run.ts'
import type { ActorMetadata } from '../../metadata/schema.ts'
import { renderSectionsMarkdown } from '../text/render-markdown.ts'
import { type Section, textOf } from '../text/section.ts'
import { actorDetail, modelDetail, nodeDetail } from './run-detail.ts'

const found = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new Error('the sample has it')
  return value
}

/** The names and values of the first section, and the titles of all. */
function shown(sections: readonly Section[]) {
  const [first] = sections
  const pairs = first?.type === 'pairs' ? first.pairs.map(([name, value]) => [name, textOf(value)]) : []
  return { titles: sections.map(({ title }) => title), pairs: Object.fromEntries(pairs) }
}

// Two records, of which the second fails: 120 and 121 tokens in, 40 of the cache each, 60 and 61 out, 5 of thinking each, at 60 and
// 60.75 millionths of a dollar; a 429 before the first; two requests that fail.
const metadata = sampleMetadata({ records: 2, failEvery: 2 })
const model = found(metadata.models['gpt-4o-mini'])
const node = found(metadata.nodes.generate)

test('a model is told with all that its file has of it', () => {
  const { titles, pairs } = shown(modelDetail(metadata, 'gpt-4o-mini', model))
  expect(pairs).toEqual({
    type: 'OpenAI',
    provider: 'openai',
    address: 'https://api.openai.com/v1',
    parameters: '{"temperature":0.7,"max_tokens":500}',
    cost: '$0.000121, $0.000024 per request',
    'tokens per second': expect.stringMatching(/^\d/),
    'total latency': '1.88 s',
    requests: '5',
    retries: '1',
    failures: '2',
    'failed attempts': '3',
    'tokens in': '321, 161 on average',
    'from cache': '80',
    'tokens out': '131, 66 on average',
    reasoning: '10',
  })
  expect(titles).toEqual([
    'Model gpt-4o-mini',
    'Latency',
    'Responses',
    'Errors',
    'Latency histogram',
    expect.stringMatching(/^Receipt/),
  ])
})

test('of a model with several addresses and sets of parameters each is told, and what is empty is not', () => {
  const { pairs } = shown(
    modelDetail(metadata, 'm', {
      ...model,
      model_url: ['https://a', 'https://b'],
      upstream_model: 'gpt-4o-mini-2024',
      model_type: null,
      parameters: { a: 1 },
      parameter_sets: [{ a: 1 }, {}, { a: 2 }],
    }),
  )
  expect(pairs).toMatchObject({
    address: 'https://a, https://b',
    'upstream model': 'gpt-4o-mini-2024',
    parameters: '{"a":1} and {"a":2}',
  })
  expect(pairs).not.toHaveProperty('type')
  const bare = shown(modelDetail(metadata, 'm', { ...model, model_url: null, parameters: {} })).pairs
  expect(bare).not.toHaveProperty('address')
  expect(bare).not.toHaveProperty('parameters')
})

test('a node is told with its executions and the models that it asked', () => {
  const sections = nodeDetail(metadata, 'generate', node)
  const { titles, pairs } = shown(sections)
  expect(pairs).toEqual({
    type: 'llm',
    model: 'gpt-4o-mini',
    executions: '2, 1 failed',
    cost: '$0.00006, $0.00003 per execution',
    'total latency': '772 ms',
    requests: '3',
    retries: '1',
    failures: '1',
    'failed attempts': '2',
    'tokens in': '160, 160 on average',
    'from cache': '40',
    'tokens out': '65, 65 on average',
    reasoning: '5',
  })
  expect(titles).toEqual(['Node generate', 'Latency', 'Models of the node', 'Errors', 'Latency histogram'])
  const [, latency, models] = sections
  expect(latency?.type === 'table' ? latency.rows.map(([name]) => name) : []).toEqual(['executions', 'calls'])
  expect(models?.type === 'table' ? models.rows : []).toEqual([['gpt-4o-mini', '3', '225', '$0.00006']])
})

test('an agent is told with what it asked itself, and with all that it called', () => {
  const { latency_statistics } = node
  const actor: ActorMetadata = {
    total_executions: 4,
    total_failures: 1,
    failure_rate: 0.25,
    average_latency_seconds: 2,
    unknown_outcomes: 2,
    total_latency_seconds: 8,
    latency_statistics,
    requests: found(node.requests),
    cost: { total_cost_usd: 2, average_cost_per_execution: 0.5 },
    inclusive: {
      ...found(node.requests),
      total_requests: 9,
      total_tokens: 1_000,
      total_prompt_tokens: 900,
      total_completion_tokens: 100,
      total_cost_usd: 3,
      average_cost_per_execution: 0.75,
    },
  }
  const { titles, pairs } = shown(actorDetail(metadata, { kind: 'agent', name: 'planner', actor }))
  expect(titles[0]).toBe('Agent planner')
  expect(pairs).toMatchObject({
    executions: '4, 1 failed',
    'outcome unknown': '2',
    'own cost': '$2.00, $0.50 per execution',
    inclusive: '$3.00, $0.75 per execution; 9 requests, 1,000 tokens, with all agents that it called',
    'total latency': '8.00 s',
    requests: '3',
  })
  const silent = { ...actor, unknown_outcomes: 0, inclusive: undefined, total_executions: 0 }
  const tool = shown(actorDetail(metadata, { kind: 'tool', name: 'search', actor: silent }))
  expect(tool.titles).toEqual(['Tool search'])
  for (const left of ['outcome unknown', 'inclusive', 'total latency']) expect(tool.pairs).not.toHaveProperty(left)
})

test('in Markdown no name can break out of its cell, become a link or name somebody', () => {
  const pairs = [
    ['a|b', '<b>*x*</b> & [y](https://z) @someone $1'],
    ['bad', { text: 'two', tone: 'bad' as const }],
  ] as const
  const table: Section = {
    type: 'table',
    title: 'T',
    notes: ['a_note'],
    columns: [
      { title: 'left', align: 'left' },
      { title: 'right', align: 'right' },
    ],
    rows: [['1', { text: '2', tone: 'good' }]],
  }
  expect(renderSectionsMarkdown([{ type: 'pairs', title: '#1', pairs }, table])).toBe(
    [
      '### \\#1',
      '',
      '| | |',
      '|:--|:--|',
      '| **a\\|b** | &lt;b&gt;\\*x\\*&lt;/b&gt; &amp; \\[y\\](https&#58;//z) @&#8203;someone \\$1 |',
      '| **bad** | **two** |',
      '',
      '### T',
      '',
      'a\\_note',
      '',
      '| left | right |',
      '| :-- | --: |',
      '| 1 | 2 |',
      '',
    ].join('\n'),
  )
  const rows = [
    { fromSeconds: 1, toSeconds: 2, count: 2 },
    { fromSeconds: 2, toSeconds: 4, count: 1 },
  ]
  expect(renderSectionsMarkdown([{ type: 'histogram', title: 'H', rows }])).toBe(
    `### H\n\n| latency | count |  |\n| :-- | --: | :-- |\n| 1.00 s – 2.00 s | 2 | ${'█'.repeat(30)} |\n| 2.00 s – 4.00 s | 1 | ${'█'.repeat(15)} |\n`,
  )
  expect(
    renderSectionsMarkdown([{ type: 'pairs', pairs: [['sygra run', 'x']] }], (words) => words.toUpperCase()),
  ).toContain('| **sygra run** | X |')
})

test('the latency of a model is that of its attempts, of its calls and of the first token of a stream', () => {
  const { performance } = model
  const { latency_statistics: attempts } = performance
  const streamed = { ...performance, time_to_first_token_statistics: { ...attempts, min: 7, max: 9, std_dev: 8 } }
  const latencyOf = (own: typeof model) => modelDetail(metadata, 'm', own).find(({ title }) => title === 'Latency')
  const table = latencyOf({ ...model, performance: streamed })
  if (table?.type !== 'table') throw new Error('a latency is a table')
  expect(table.columns.map(({ title }) => title)).toEqual(['of', 'min', 'p50', 'mean', 'p95', 'p99', 'max', 'std dev'])
  expect(table.rows[0]).toEqual([
    'attempts',
    '40 ms',
    '50 ms',
    '376 ms',
    '984 ms',
    '1.04 s',
    '1.06 s',
    expect.any(String),
  ])
  expect(table.rows[1]?.slice(0, 3)).toEqual(['calls', '1.06 s', '1.14 s'])
  expect([table.rows[2]?.[1], table.rows[2]?.[6], table.rows[2]?.[7]]).toEqual(['7.00 s', '9.00 s', '8.00 s'])
  // Of what the cache of a gateway answered, or what was told of later, nobody knows how long it took.
  const kept = (changes: Partial<typeof performance>) => {
    const section = latencyOf({ ...model, calls: undefined, performance: { ...performance, ...changes } })
    return section?.type === 'table' ? section.rows.map(([name]) => name) : []
  }
  expect(kept({})).toEqual(['attempts'])
  expect(kept({ gateway_cache_hits: 3, deferred_requests: 1 })).toEqual(['attempts'])
  expect(kept({ gateway_cache_hits: 3, deferred_requests: 2 })).toEqual([])
})

test('what was avoided and what a gateway kept is told of a model and of a node', () => {
  const avoided = {
    ...{ requests: 2, total_prompt_tokens: 0, total_completion_tokens: 0, total_tokens: 9, cached_prompt_tokens: 0 },
    ...{ cache_write_tokens: 0, reasoning_tokens: 0, audio_tokens: 0, cost_usd: 2, unpriced_requests: 0 },
  }
  const words = '2 requests, 9 tokens, $2.00: answered from the cache, not spent'
  expect(shown(modelDetail(metadata, 'm', { ...model, avoided })).pairs.avoided).toBe(words)
  expect(shown(nodeDetail(metadata, 'n', { ...node, avoided })).pairs.avoided).toBe(words)
  const performance = { ...model.performance, gateway_cache_hits: 2, gateway_cache_saved_usd: 3 }
  expect(shown(modelDetail(metadata, 'm', { ...model, performance })).pairs['gateway cache']).toBe(
    '2 hits, saved $3.00',
  )
})

test('the errors of a model, a node or a tool are its own alone', () => {
  const errorsOf = (sections: readonly Section[]) => {
    const section = sections.find(({ title }) => title === 'Errors')
    return section?.type === 'table' ? section.rows : []
  }
  expect(errorsOf(modelDetail(metadata, 'm', model))).toEqual([
    ['model m', 'http_429', '1'],
    ['model m', 'http_500', '2'],
  ])
  expect(errorsOf(nodeDetail(metadata, 'n', node))).toEqual([['node n', 'http_500', '1']])
  const { latency_statistics } = node
  const actor = {
    ...{ total_executions: 1, total_failures: 1, failure_rate: 1, average_latency_seconds: 1, unknown_outcomes: 0 },
    ...{ total_latency_seconds: 1, latency_statistics, error_types: { TypeError: 3 } },
  }
  expect(errorsOf(actorDetail(metadata, { kind: 'tool', name: 't', actor }))).toEqual([['tool t', 'TypeError', '3']])
  expect(errorsOf(actorDetail(metadata, { kind: 'agent', name: 't', actor }))).toEqual([['agent t', 'TypeError', '3']])
})
