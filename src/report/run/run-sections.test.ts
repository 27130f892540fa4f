import { expect, test } from 'vitest'
import { sampleMetadata } from '../../../test/helpers/sample-run.ts'
import { parseMetadata } from '../../metadata/parse.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { textWidth } from '../text/terminal-text.ts'
import { renderMarkdown, renderRun } from './run-sections.ts'

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
