import { expect, test } from 'vitest'
import { sampleMetadata } from '../../../test/helpers/sample-run.ts'
import { parseMetadata } from '../../metadata/parse.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { type Cell, textOf as textOfCell } from '../text/section.ts'
import { textWidth } from '../text/terminal-text.ts'
import { renderMarkdown, renderRun, runSections } from './run-sections.ts'

const metadata = sampleMetadata({
  failEvery: 9,
  models: ['gpt-4o-mini', 'my-deployment'],
  unpricedModels: ['my-deployment'],
})
const escapeCharacter = String.fromCharCode(27)

function widest(text: string): number {
  return Math.max(...text.split('\n').map(textWidth))
}

test.each([20, 40, 60, 80, 120, 200])('no line is wider than %i columns', (columns) => {
  expect(widest(renderRun(metadata, { columns, colors: false }))).toBeLessThanOrEqual(columns)
  expect(widest(renderRun(metadata, { columns, colors: true }))).toBeLessThanOrEqual(columns)
  expect(widest(renderRun(metadata, { columns, node: 'generate', model: 'gpt-4o-mini' }))).toBeLessThanOrEqual(columns)
})

test('a pipe gets every column and no escapes', () => {
  const text = renderRun(metadata, { columns: 0, colors: false })
  expect(text).not.toContain(escapeCharacter)
  for (const title of ['provider', 'retries', 'cached', 'out per s', 'executions']) expect(text).toContain(title)
})

test('colours come only when asked for', () => {
  expect(renderRun(metadata, { columns: 80, colors: true })).toContain(`${escapeCharacter}[`)
})

test('every part of a run is shown', () => {
  const text = renderRun(metadata, {})
  for (const expected of [
    'examples.code_assistant',
    '2026-11-23 18:19:07 +01:00',
    '2 min 05 s',
    'b81c39a on main, with uncommitted changes',
    'disk questions.jsonl, 20 records',
    '20, 2 failed, 90% succeeded',
    '45, 5 retries, 4 failed, 9 failed attempts',
    'of 45 requests unpriced: my-deployment)',
    'too many requests',
    'Latency of requests',
    'Waste',
    'Most expensive records',
    'Slowest records',
    'Receipt of gpt-4o-mini',
    '@pydantic/genai-prices 0.1.8',
  ]) {
    expect(text).toContain(expected)
  }
})

test('a run that waits for a batch says neither that its data are empty nor that the batch has taken so long', () => {
  const batch = { id: 'sygra-1', provider_id: 'batch_1', model: 'gpt-4o', lines: 5, answered: null }
  const times = { submitted_at: '2026-11-23T17:00:00Z', changed_at: '2026-11-23T17:00:07Z' }
  const text = (state: 'waiting' | 'ended') => {
    const run = sampleMetadata({ records: 0, status: 'interrupted' })
    return renderRun({ ...run, execution: { ...run.execution, batches: [{ ...batch, ...times, state }] } }, {})
  }
  expect(text('waiting')).toContain('disk questions.jsonl\n')
  expect(text('waiting')).not.toContain('7.00 s')
  expect(text('ended')).toContain('7.00 s')
})

test('a node whose models have no price is unpriced, not without cost', () => {
  expect(renderRun(metadata, {})).toMatch(/critique .* unpriced /)
})

test('a rehearsal is never shown as money spent', () => {
  const text = renderRun(sampleMetadata({ costStatus: 'simulated' }), {})
  expect(text).toMatch(/^cost +\$0\.\d+ simulated$/m)
  expect(text).toMatch(/Receipt of gpt-4o-mini: \$0\.\d+ simulated/)
})

test('parts with nothing to say are left out', () => {
  const text = renderRun(sampleMetadata({ records: 0, models: [], status: undefined }), {})
  for (const absent of ['Models', 'Nodes', 'Responses', 'Errors', 'Latency', 'Waste', 'Most expensive', 'Receipt']) {
    expect(text).not.toContain(absent)
  }
  expect(text).toMatch(/^status +running$/m)
})

test('a file of format 1.0.0 is shown', () => {
  const text = renderRun(withoutAddedKeys(sampleMetadata()), { columns: 80 })
  expect(text).toMatch(/^status +complete$/m)
  expect(text).toMatch(/^latency of calls +p50/m)
  expect(text).toContain('gpt-4o-mini')
  expect(text).not.toContain('undefined')
})

test('one node or model can be shown alone', () => {
  const node = renderRun(metadata, { node: 'critique' })
  expect(node).toContain('Node critique')
  expect(node).toContain('Models of the node')
  expect(node).not.toContain('Totals')
  const model = renderRun(metadata, { model: 'gpt-4o-mini' })
  expect(model).toContain('https://api.openai.com/v1')
  expect(model).toContain('{"temperature":0.7,"max_tokens":500}')
  expect(model).not.toContain('my-deployment')
  expect(renderRun(metadata, { model: 'constructor' })).toBe('')
})

test('hostile names neither move the cursor nor start a line', () => {
  const hostile = `${escapeCharacter}[2J${escapeCharacter}]0;owned\u0007\nmodel\u202e`
  const text = renderRun(sampleMetadata({ models: [hostile], nodes: [hostile], taskName: hostile }), { columns: 80 })
  expect(text).not.toContain(escapeCharacter)
  expect(text).not.toContain('\u0007')
  expect(text).not.toContain('\u202e')
  expect(text).toContain('\\u001b[2J')
})

test('Markdown holds the same figures, and hostile names stay in their cell', () => {
  const text = renderMarkdown(metadata)
  expect(text).toContain('### Models')
  expect(text).toContain('| gpt-4o-mini | openai | 23 |')
  const hostile = renderMarkdown(sampleMetadata({ models: ['a|b\n<img src=x> [x](http://x) @someone'] }))
  expect(hostile).not.toContain('<img')
  expect(hostile).not.toMatch(/[^\\]\]\(/)
  expect(hostile).not.toContain('@someone')
  expect(hostile).toContain('a\\|b')
})

/** What a program of format 1.0.0 would have written. */
function withoutAddedKeys(added: Metadata): Metadata {
  const [model] = Object.values(added.models)
  const [node] = Object.values(added.nodes)
  if (model === undefined || node === undefined) throw new Error('the sample has a model and a node')
  const { execution, dataset, aggregate_statistics: all } = added
  const { min, max, mean, median, std_dev, p50, p95, p99 } = model.performance.latency_statistics
  const { total_requests, total_retries, total_failures, failure_rate } = model.performance
  const old = {
    metadata_version: '1.0.0',
    generated_at: '2025-10-30T18:19:11.658190',
    execution: {
      ...execution,
      environment: { python_version: '3.11.12', sygra_version: '1.0.0' },
      output_path: undefined,
      sessions: undefined,
    },
    dataset,
    aggregate_statistics: {
      records: all.records,
      tokens: { total_prompt_tokens: 440, total_completion_tokens: 920, total_tokens: 1360 },
      requests: { total_requests, total_retries, total_failures, retry_rate: 0.1, failure_rate },
      cost: { total_cost_usd: 0.00062, average_cost_per_record: 0.000062 },
    },
    models: {
      'gpt-4o-mini': {
        model_name: 'gpt-4o-mini',
        model_type: 'OpenAI',
        model_url: 'https://api.openai.com/v1',
        token_statistics: model.token_statistics,
        performance: {
          ...{ total_requests, total_retries, total_failures, failure_rate },
          ...{ total_latency_seconds: 64.06, average_latency_seconds: 3.203, tokens_per_second: 21.23 },
          latency_statistics: { min, max, mean, median, std_dev, p50, p95, p99 },
        },
        cost: { total_cost_usd: 0.00062, average_cost_per_request: 0.000031 },
        response_code_distribution: { 200: 18, 429: 2 },
        parameters: {},
      },
    },
    nodes: {
      generate: { ...node, requests: undefined, calls: undefined, models: undefined, latency_sketch: undefined },
    },
  }
  return parseMetadata(JSON.stringify(old), 'old.json')
}

test('every figure that lacks the cost of some answers is a lower bound, in tables and in Markdown', () => {
  expect(renderRun(metadata, { model: 'gpt-4o-mini' })).not.toContain('≥')
  const mixed = sampleMetadata({ models: ['a', 'b'], unpricedModels: ['b'], nodes: ['n', 'n'] })
  const whole = /≥ \$\S+ \(\d+ of \d+ requests unpriced: b\)/
  expect(renderRun(mixed, {})).toMatch(whole)
  expect(renderRun(mixed, { node: 'n' })).toMatch(whole)
  expect(renderRun(mixed, { node: 'n' })).toMatch(/≥ \$\S+ per execution/)
  expect(renderMarkdown(mixed, {})).toMatch(/≥ .*requests unpriced: b\)/)
})

test('a machine that is paid by the hour has its own receipt', () => {
  const [, model] = Object.entries(metadata.models)[0] ?? []
  const receipt = { status: 'priced', source: 'prices.yaml', version: '1', provider: 'vllm', product: 'm' } as const
  const busy = { tier: 'busy time', price_date: '2026-11-23', requests: 3, total_usd: 4, classes: [] }
  const paid = { ...receipt, ...busy, busy_seconds: 4, usd_per_hour: 3600 }
  if (model === undefined) throw new Error('the sample has a model')
  const text = renderRun({ ...metadata, models: { m: { ...model, cost: { ...model.cost, receipt: [paid] } } } }, {})
  expect(text).toMatch(/Receipt of m: \$4\.00\n.*busy time price.*\n.*seconds busy.*\n(.*\n)? *4 +\$3,600\.00 +\$4\.00/)
})

test("hits of a gateway's cache are said in one line, with what they saved, as far as that is known", () => {
  const withHits = (figures: Partial<Metadata['aggregate_statistics']['requests']>) => {
    const { aggregate_statistics: totals } = metadata
    const requests = { ...totals.requests, ...figures }
    return renderRun({ ...metadata, aggregate_statistics: { ...totals, requests } }, {})
  }
  expect(withHits({})).not.toContain('gateway cache')
  expect(withHits({ gateway_cache_hits: 3, gateway_cache_saved_usd: 0.00063 })).toMatch(
    /^gateway cache +3 hits, saved \$0\.00063$/m,
  )
  expect(withHits({ gateway_cache_hits: 3, gateway_cache_saved_usd: 0.00042, unpriced_gateway_cache_hits: 1 })).toMatch(
    /^gateway cache +3 hits, saved ≥ \$0\.00042 \(not known, or not whole, for 1\)$/m,
  )
  expect(withHits({ gateway_cache_hits: 1, unpriced_gateway_cache_hits: 1 })).toMatch(
    /^gateway cache +1 hit, what was saved is not known$/m,
  )
})

/** What is shown of a run by its titles: pairs as they are, tables as the titles of their columns and their rows. */
function shownOf(run: Metadata): Readonly<Record<string, readonly (readonly string[])[]>> {
  const textsOf = (cells: readonly Cell[]) => cells.map(textOfCell)
  return Object.fromEntries(
    runSections(run).map((section) => {
      if (section.type === 'pairs')
        return [section.title, section.pairs.map(([name, cell]) => [name, textOfCell(cell)])]
      if (section.type === 'histogram') return [section.title, [[String(section.rows.length)]]]
      return [section.title, [section.columns.map(({ title }) => title), ...section.rows.map(textsOf)]]
    }),
  )
}

// Two records of two nodes, of which the second fails. The first has 120 and 121 tokens in and 40 of the cache each, 60 and 61 out and
// 5 of thinking each: 60 and 60.75 millionths of a dollar. Its requests took 0.04 (a 429), 0.68 and 1.06 s, its calls 1.22 and 1.06, its
// nodes 0.721 and 1.061; what failed took 0.05 s, and a node around it 0.051.
test('a run is shown with the figures that it came to', () => {
  expect(shownOf(sampleMetadata({ records: 2, failEvery: 2 }))).toEqual({
    'examples.code_assistant': [
      ['in short', '1 of 2 records failed: 500 × 1 · critique is 50% of the cost (gpt-4o-mini)'],
      ['status', 'complete'],
      ['run', '5f0c1d2e-7a8b-4c9d-8e0f-1a2b3c4d5e6f'],
      ['started', '2026-11-23 18:19:07 +01:00'],
      ['duration', '2 min 05 s'],
      ['git', 'b81c39a on main, with uncommitted changes'],
      ['dataset', 'disk questions.jsonl, 2 records'],
    ],
    Totals: [
      ['records', '2, 1 failed, 50% succeeded'],
      ['requests', '5, 1 retry, 2 failed, 3 failed attempts, 500 ms waited for retries'],
      ['calls', '4, 2 failed'],
      ['tokens', '452, 321 in (80 from cache), 131 out (10 reasoning)'],
      ['cost', '$0.000121'],
      ['cost per record', '$0.00006, p50 $0.00006, p95 $0.000115'],
      ['throughput', '57.6 records/h, 2.4 requests/min, 1.05 tokens out/s'],
      ['latency of calls', 'p50 1.14 s, p95 1.21 s, p99 1.22 s'],
      ['time per record', 'p50 940 ms, p95 1.70 s, p99 1.76 s'],
    ],
    Models: [
      ['model', 'provider', 'requests', 'retries', 'failed', 'in', 'cached', 'out', 'out per s', 'cost', 'p50', 'p95'],
      ['gpt-4o-mini', 'openai', '5', '1', '2', '321', '80', '131', '75.3/s', '$0.000121', '50 ms', '984 ms'],
    ],
    Nodes: [
      ['node', 'type', 'model', 'executions', 'failed', 'requests', 'retries', 'tokens', 'cost', 'p50', 'p95'],
      ['generate', 'llm', 'gpt-4o-mini', '2', '1', '3', '1', '225', '$0.00006', '386 ms', '688 ms'],
      ['critique', 'llm', 'gpt-4o-mini', '2', '1', '2', '0', '227', '$0.000061', '556 ms', '1.01 s'],
    ],
    Responses: [
      ['code', 'meaning', 'requests', 'share'],
      ['200', 'OK', '2', '40%'],
      ['429', 'too many requests', '1', '20%'],
      ['500', 'server error', '2', '40%'],
    ],
    Errors: [
      ['where', 'error', 'count'],
      ['records', 'http_500', '1'],
      ['node generate', 'http_500', '1'],
      ['node critique', 'http_500', '1'],
      ['model gpt-4o-mini', 'http_429', '1'],
      ['model gpt-4o-mini', 'http_500', '2'],
    ],
    'Slowest records': [
      ['record', 'time'],
      ['record-0', '1.78 s'],
      ['record-1', '100 ms'],
    ],
    Waste: [
      ['what', 'count', 'time'],
      ['failed attempts', '3', '140 ms'],
      ['waits before retries', '1', '500 ms'],
      ['failed records', '1', '100 ms'],
    ],
    'Most expensive records': [
      ['record', 'cost'],
      ['record-0', '$0.000121'],
    ],
    'Receipt of gpt-4o-mini: $0.00012075': [
      ['tokens of class', 'tokens', '× USD per million', '= USD'],
      ['input', '241', '$0.15', '$0.00003615'],
      ['cacheRead', '80', '$0.075', '$0.000006'],
      ['output', '121', '$0.60', '$0.0000726'],
      ['reasoning', '10', '$0.60', '$0.000006'],
    ],
  })
})

test('the parts of a cost are as uncertain as the whole', () => {
  const run = sampleMetadata({ records: 1 })
  const { cost, waste, cost_per_record, ...totals } = run.aggregate_statistics
  if (waste === undefined) throw new Error('the sample has it')
  const failed = { requests: 1, seconds: 1, cost_usd: 2 }
  const partsOf = (changes: Partial<typeof cost>) => {
    const aggregate = {
      ...totals,
      cost_per_record,
      cost: { ...cost, ...changes },
      waste: { ...waste, failed_attempts: failed },
    }
    const { Waste: rows, 'Most expensive records': records } = shownOf({ ...run, aggregate_statistics: aggregate })
    return [rows?.[1]?.at(-1), records?.[1]?.at(-1)]
  }
  expect(partsOf({})).toEqual(['$2.00', '$0.000121'])
  expect(partsOf({ status: 'partial' })).toEqual(['≥ $2.00', '≥ $0.000121'])
  expect(partsOf({ status: 'simulated' })).toEqual(['$2.00', '$0.000121'])
  expect(partsOf({ status: 'simulated', is_lower_bound: true })).toEqual(['≥ $2.00', '≥ $0.000121'])
})

test('what a run was started with and in how many parts it was done is shown, and what is missing is not', () => {
  const run = sampleMetadata({ records: 2 })
  const { execution, dataset } = run
  const source = {
    source_type: 'hf',
    source_path: 'org/set',
    join_type: 'left',
    dataset_hash: 'abc',
    dataset_version: null,
  }
  const bare = { source_type: null, source_path: null, join_type: null, dataset_hash: null, dataset_version: null }
  const session = { start_time: '2026-11-23T10:00:00Z', end_time: null, duration_seconds: 5, records: 1 }
  const batch = { id: 'b1', model: 'm', lines: 9, submitted_at: '2026-11-23T10:00:00Z' }
  const shown = shownOf({
    ...run,
    parent_run_id: 'parent',
    execution: {
      ...execution,
      run_name: 'mine',
      output_path: '/out.json',
      sessions: [
        { ...session, status: 'interrupted' },
        { ...session, status: 'complete', records: 1_000 },
      ],
      batches: [
        { ...batch, provider_id: 'p1', state: 'ended', answered: 8, changed_at: '2026-11-23T10:01:30Z' },
        {
          ...batch,
          id: 'b2',
          provider_id: null,
          state: 'failed',
          answered: null,
          changed_at: '2026-11-23T09:00:00Z',
          reason: 'why',
        },
      ],
    },
    dataset: { ...dataset, sources: { a: { alias: 'a', ...source }, b: { alias: 'b', ...bare } } },
  } as Metadata)
  expect(
    Object.fromEntries((shown['examples.code_assistant'] ?? []).map(([name, text]) => [name, text])),
  ).toMatchObject({
    name: 'mine',
    dataset: '2 sources',
    output: '/out.json',
    'parent run': 'parent',
  })
  expect(shown['Data sources']).toEqual([
    ['alias', 'type', 'path', 'join', 'hash'],
    ['a', 'hf', 'org/set', 'left', 'abc'],
    ['b', '–', '–', '–', '–'],
  ])
  expect(shown.Sessions).toEqual([
    ['started', 'status', 'duration', 'records'],
    ['2026-11-23 10:00:00 +00:00', 'interrupted', '5.00 s', '1'],
    ['2026-11-23 10:00:00 +00:00', 'complete', '5.00 s', '1,000'],
  ])
  expect(shown.Batches).toEqual([
    ['batch', 'at the provider', 'model', 'state', 'calls', 'answered', 'took', 'because'],
    ['b1', 'p1', 'm', 'ended', '9', '8', '1 min 30 s', '–'],
    ['b2', '–', 'm', 'failed', '9', '–', '0 ms', 'why'],
  ])
  const once = shownOf({
    ...run,
    execution: { ...execution, sessions: [{ ...session, status: 'complete' }] },
  } as Metadata)
  for (const title of ['Sessions', 'Batches', 'Data sources', 'Workers']) expect(once).not.toHaveProperty(title)
  const datasetOf = (changes: Partial<typeof dataset>) => {
    const pairs = shownOf({ ...run, dataset: { ...dataset, ...changes } })['examples.code_assistant'] ?? []
    return pairs.find(([name]) => name === 'dataset')?.[1]
  }
  expect(datasetOf({ start_index: 1_000 })).toBe('disk questions.jsonl, 2 records, from record 1,000')
  expect(datasetOf({ source_path: null })).toBe('disk, 2 records')
  expect([datasetOf({ source_type: 'none' }), datasetOf({ source_type: 'unknown' })]).toEqual([undefined, undefined])
})

test('each process that did records, or that is one of a program, has a row', () => {
  const run = sampleMetadata({ records: 2 })
  const worker = {
    ...{ transport: 'file', host: 'box', pid: 7, session: 0, status: 'complete', concurrency: 4 },
    ...{ start_time: null, end_time: null, duration_seconds: 2 },
    ...{ records: 3, failed_records: 1, total_requests: 4, total_tokens: 1_000, total_cost_usd: 0.5 },
  }
  const withWorkers = (workers: object, changes: object = {}, cost: object = {}) => {
    const totals = run.aggregate_statistics
    const aggregate_statistics = { ...totals, cost: { ...totals.cost, ...cost } }
    return shownOf({ ...run, aggregate_statistics, execution: { ...run.execution, workers, ...changes } } as Metadata)
  }
  const lost = { ...worker, host: null, pid: null, failed_records: 0, reason: 'killed' }
  expect(withWorkers({ w1: worker, w2: lost }).Workers).toEqual([
    ['worker', 'host', 'process', 'records', 'failed', 'requests', 'tokens', 'cost', 'time', 'left because'],
    ['w1', 'box', '7', '3', '1', '4', '1,000', '$0.50', '2.00 s', '–'],
    ['w2', '–', '–', '3', '0', '4', '1,000', '$0.50', '2.00 s', 'killed'],
  ])
  const session = { start_time: null, end_time: null, status: 'complete', duration_seconds: 1, records: 1 }
  const resumed = withWorkers({ w1: { ...worker, session: 1 } }, { sessions: [session, session] }).Workers
  expect(resumed?.[0]).toContain('session')
  expect(resumed?.[1]?.[3]).toBe('2')
  const own = { ...worker, transport: 'none', records: 0, failed_records: 0, program: 'bill.mjs', thread: 2 }
  expect(withWorkers({ p1: own }).Processes).toEqual([
    ['process', 'program', 'host', 'pid', 'requests', 'tokens', 'cost', 'time'],
    ['p1', 'bill.mjs', 'box', '7/2', '4', '1,000', '$0.50', '2.00 s'],
  ])
  // What the run does not know of its cost, its processes do not know either; of a rehearsal it is said once.
  const costOf = (cost: object) => {
    const [titles, row] = withWorkers({ w1: worker }, {}, cost).Workers ?? []
    const index = titles?.findIndex((title) => title.endsWith('cost')) ?? -1
    return [titles?.[index], row?.[index]]
  }
  expect(costOf({ status: 'partial' })).toEqual(['cost', '≥ $0.50'])
  expect(costOf({ status: 'unpriced' })).toEqual(['cost', 'unpriced'])
  expect(costOf({ status: 'simulated' })).toEqual(['simulated cost', '$0.50'])
})

test('what was not understood is listed by kind and place, with what can be done', () => {
  const run = sampleMetadata({ records: 1 })
  const at = (kind: 'request' | 'socket' | 'process', count: number) => ({
    ...{ kind, host: `${kind}.example`, path: '/v9', provider: null, count },
  })
  const textOf = (...endpoints: ReturnType<typeof at>[]) =>
    renderRun({ ...run, not_understood: { total: 9, endpoints } }, { parts: ['overview'] }).replaceAll(/ +/g, ' ')
  const all = textOf(at('request', 3), at('socket', 2), at('process', 1))
  expect(all).toContain('\nNot understood, and in none of these figures\n')
  expect(all).toContain('\nPOST request.example /v9 3\n')
  expect(all).toContain('\nWebSocket socket.example /v9 2\n')
  expect(all).toContain('\nprocess process.example /v9 1\n')
  const advice = 'put trackModelRequest around them'
  expect(textOf(at('socket', 1))).toContain(advice)
  expect(textOf(at('request', 1))).toContain(advice)
  expect(textOf(at('process', 1))).not.toContain(advice)
})
