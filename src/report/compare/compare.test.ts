import { expect, test } from 'vitest'
import { type SampleRunOptions, sampleEvents, sampleMetadata } from '../../../test/helpers/sample-run.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { textWidth } from '../text/terminal-text.ts'
import { type Comparison, compareRuns } from './compare.ts'
import { comparisonSections, renderComparison, renderComparisonMarkdown } from './comparison-sections.ts'
import { evaluateGates, parseGate, renderJunit } from './gates.ts'
import { RunSamples } from './run-samples.ts'

const base = sampleMetadata()
const slower = sampleMetadata({ slowness: 1.3, priceFactor: 1.2 })

function total(comparison: Comparison, name: string) {
  return comparison.totals.find((figure) => figure.name === name)
}

function judge(gate: string, from: Metadata, to: Metadata) {
  const [result] = evaluateGates([parseGate(gate)], from, to)
  return result ?? { passed: undefined, reason: '' }
}

test('a run compared with itself has no difference', () => {
  const comparison = compareRuns(base, base)
  expect(comparison.beforehand).toEqual([])
  expect(comparison.objections).toEqual([])
  for (const { difference, verdict } of comparison.totals) {
    expect(difference).toBe(0)
    expect(verdict).toBe('same')
  }
})

test('what got slower and dearer is worse, by how much', () => {
  const comparison = compareRuns(base, slower)
  expect(total(comparison, 'total_cost')).toMatchObject({ verdict: 'worse' })
  expect(total(comparison, 'total_cost')?.change).toBeCloseTo(0.2, 3)
  expect(total(comparison, 'p95')).toMatchObject({ verdict: 'worse' })
  expect(total(compareRuns(slower, base), 'p95')).toMatchObject({ verdict: 'better' })
})

test('a difference that may be chance is called noise, with its interval', () => {
  const time = total(compareRuns(base, sampleMetadata({ slowness: 1.05 })), 'seconds_per_record')
  expect(time?.verdict).toBe('noise')
  expect(time?.interval?.from).toBeLessThan(0)
  expect(time?.interval?.to).toBeGreaterThan(0)
  const clear = total(compareRuns(base, sampleMetadata({ slowness: 3 })), 'seconds_per_record')
  expect(clear?.verdict).toBe('worse')
})

function samplesOf(options: SampleRunOptions): RunSamples {
  const samples = new RunSamples()
  for (const event of sampleEvents(options)) samples.add(event)
  return samples
}

test('with the ledgers, every difference of latency and cost has an interval and is noise or not', () => {
  const samples = { base: samplesOf({}), head: samplesOf({ slowness: 1.02, priceFactor: 1.2 }) }
  const comparison = compareRuns(base, sampleMetadata({ slowness: 1.02, priceFactor: 1.2 }), samples)
  const figures = [
    comparison.totals,
    ...[...comparison.models, ...comparison.nodes].map(({ figures }) => figures),
  ].flat()
  // What was avoided is no cost.
  const priced = figures.filter(({ name }) => /^(?!avoided).*cost|^p\d\d$|seconds_per_record/.test(name))
  expect(priced).toHaveLength(6 + 5 + 2 * 5)
  for (const { interval, name } of priced) expect(interval?.method, name).toBe('paired')
  expect(total(comparison, 'total_cost')?.verdict).toBe('worse')
  const other = { base: samplesOf({}), head: samplesOf({ datasetHash: 'other' }) }
  expect(total(compareRuns(base, sampleMetadata({ datasetHash: 'other' }), other), 'p95')?.interval?.method).toBe(
    'unpaired',
  )
})

test('a gate that broke says when the difference may be chance', () => {
  const head = sampleMetadata({ slowness: 1.05 })
  const [noise] = evaluateGates([parseGate('seconds_per_record<+1%')], base, head, {
    comparison: compareRuns(base, head),
  })
  expect(noise?.passed).toBe(false)
  expect(noise?.reason).toMatch(/; it may be chance: the true difference lies between -.* and \+.* \(95%\)$/)
  const [clear] = evaluateGates([parseGate('seconds_per_record<+1%')], base, slower, {
    comparison: compareRuns(base, slower),
  })
  const far = sampleMetadata({ slowness: 3 })
  const [certain] = evaluateGates([parseGate('seconds_per_record<+1%')], base, far, {
    comparison: compareRuns(base, far),
  })
  expect(clear?.passed).toBe(false)
  expect(certain?.reason).not.toContain('chance')
})

test('other data, prices and configuration are said first, the gravest first', () => {
  const head = sampleMetadata({ priceVersion: '0.2.0', datasetHash: 'other', records: 30 })
  const git = { ...head.execution.git, branch: 'feature' }
  const { beforehand } = compareRuns(base, { ...head, execution: { ...head.execution, git } })
  expect(beforehand.map(({ what, isGrave }) => [what, isGrave])).toEqual([
    ['data hash', true],
    ['records', true],
    ['prices', true],
    ['commit', false],
  ])
})

test.each<[string, SampleRunOptions]>([
  ['running', { status: undefined }],
  ['interrupted', { status: 'interrupted' }],
  ['failed', { status: 'failed' }],
  ['made no request', { records: 0 }],
])('a run that %s is never a winner', (word, options) => {
  const cheap = sampleMetadata({ ...options, priceFactor: 0.1, slowness: 0.1 })
  for (const comparison of [compareRuns(base, cheap), compareRuns(cheap, base)]) {
    expect(comparison.objections.join()).toContain(word)
    expect(comparison.totals.every(({ verdict }) => verdict === 'none')).toBe(true)
  }
  expect(judge('total_cost<2.00', base, cheap)).toMatchObject({ passed: false })
})

test('a rehearsal is never cheaper than a real run', () => {
  const rehearsal = sampleMetadata({ costStatus: 'simulated', priceFactor: 0.1 })
  expect(total(compareRuns(base, rehearsal), 'total_cost')?.verdict).toBe('none')
  expect(judge('cost_per_record<+5%', base, rehearsal)).toMatchObject({ passed: false })
  expect(judge('cost_per_record<+5%', rehearsal, rehearsal)).toMatchObject({ passed: true })
})

test('models and nodes are matched by name; one that is in one run only says so', () => {
  const head = sampleMetadata({ models: ['gpt-4o-mini', 'my-deployment'], nodes: ['generate', 'review'] })
  const comparison = compareRuns(base, head)
  expect(comparison.models.map(({ name, isIn }) => [name, isIn])).toEqual([
    ['gpt-4o-mini', 'both'],
    ['my-deployment', 'head'],
  ])
  expect(comparison.nodes.map(({ name, isIn }) => [name, isIn])).toEqual([
    ['generate', 'both'],
    ['critique', 'base'],
    ['review', 'head'],
  ])
})

test('response codes stand side by side', () => {
  const { responseCodes } = compareRuns(base, sampleMetadata({ failEvery: 10 }))
  expect(responseCodes.map(({ code }) => code)).toEqual(['200', '429', '500'])
  expect(responseCodes.at(-1)).toMatchObject({ base: 0, head: 4 })
})

test.each([40, 80, 200])('a comparison is no wider than %i columns, and no reason is cut', (columns) => {
  const gates = evaluateGates([parseGate('cost_per_record<+5%'), parseGate('p95<+10%')], base, slower)
  const compared = { base, head: slower, comparison: compareRuns(base, slower), gates }
  const text = renderComparison(compared, { columns })
  for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(columns)
  for (const { reason } of gates) expect(text.replaceAll(/\s+/g, ' ')).toContain(reason)
  expect(renderComparisonMarkdown(compared)).toContain('**broken**')
})

test('an unknown cost is said, not left out', () => {
  const head = sampleMetadata({ unpricedModels: ['gpt-4o-mini'] })
  const compared = { base, head, comparison: compareRuns(base, head), gates: [] }
  expect(renderComparison(compared, {})).toContain('its price is not known')
})

test('a JUnit report holds every gate, and nothing that is no XML', () => {
  const gates = [
    { gate: 'total_cost<2.00', passed: true, reason: 'fine' },
    { gate: 'p95<+10%', passed: false, reason: '"a" & <b> \u0000' },
  ]
  const xml = renderJunit(gates, 'task "x"')
  expect(xml).toContain('tests="2" failures="1"')
  expect(xml).toContain('name="total_cost&lt;2.00"/>')
  expect(xml).toContain('<failure message="&quot;a&quot; &amp; &lt;b&gt; \\u0000">')
})

test('a saving of which a part is unknown is at least so much', () => {
  const runWith = (avoided: object): Metadata => {
    const run = sampleMetadata()
    return {
      ...run,
      aggregate_statistics: { ...run.aggregate_statistics, avoided } as Metadata['aggregate_statistics'],
    }
  }
  const known = runWith({ requests: 2, total_tokens: 9, cost_usd: 2, unpriced_requests: 0 })
  const partial = runWith({ requests: 3, total_tokens: 9, cost_usd: 1, unpriced_requests: 1 })
  const saved = total(compareRuns(known, partial), 'avoided_cost')
  expect(saved).toMatchObject({ base: 2, headAtLeast: 1, verdict: 'none' })
  expect(saved?.head).toBeUndefined()
})

test('a run is not better for what it saved on records that failed, nor worse for what those cost that no longer fail', () => {
  const whole = sampleMetadata()
  const failing = sampleMetadata({ failEvery: 4, priceFactor: 0.5 })
  const of = (from: Metadata, to: Metadata, name: string) => {
    const { verdict, reason } = compareRuns(from, to).totals.find((figure) => figure.name === name) ?? {}
    return { verdict, reason }
  }
  for (const name of ['total_cost', 'cost_per_record']) {
    expect(of(whole, failing, name)).toEqual({ verdict: 'none', reason: 'fewer records succeeded' })
    expect(of(failing, whole, name)).toEqual({ verdict: 'none', reason: 'more records succeeded' })
    expect(of(whole, sampleMetadata({ priceFactor: 0.5 }), name)).toMatchObject({
      verdict: 'better',
      reason: undefined,
    })
  }
  expect(of(whole, failing, 'failed_records')).toMatchObject({ verdict: 'worse' })
  expect(of(failing, whole, 'failed_records')).toMatchObject({ verdict: 'better' })
  expect(of(whole, sampleMetadata({ records: 40 }), 'total_cost')).toEqual({
    verdict: 'none',
    reason: 'another number of records',
  })
})

/** What is said beforehand of two runs, the second of which was changed. */
function saidOf(from: Metadata, to: Metadata) {
  return compareRuns(from, to).beforehand.map(({ what, base: was, head: is, isGrave }) => [what, was, is, isGrave])
}

test('everything that was not alike from the start is said, with what it was in each run', () => {
  const run = sampleMetadata({ records: 5 })
  const { execution, dataset, models } = run
  const model = models['gpt-4o-mini']
  if (model === undefined) throw new Error('the sample has a model')
  const { environment } = execution
  const withModel = (changes: Partial<typeof model>): Metadata => ({
    ...run,
    models: { 'gpt-4o-mini': { ...model, ...changes } },
  })
  const withExecution = (changes: Partial<typeof execution>): Metadata => ({
    ...run,
    execution: { ...execution, ...changes },
  })
  expect(saidOf(run, withExecution({ task_name: 'other' }))).toEqual([
    ['task', 'examples.code_assistant', 'other', true],
  ])
  expect(saidOf(run, sampleMetadata({ records: 5, costStatus: 'simulated' }))).toEqual([
    ['kind of run', 'real', 'rehearsal', true],
  ])
  expect(saidOf(run, { ...run, dataset: { ...dataset, source_path: 'other.jsonl' } })).toEqual([
    ['data', 'questions.jsonl', 'other.jsonl', true],
  ])
  expect(saidOf(run, { ...run, dataset: { ...dataset, start_index: 3 } })).toEqual([['first record', '0', '3', true]])
  const [a, b] = [withExecution({ config_hash: 'a' }), withExecution({ config_hash: 'b', batch_size: 7 })]
  expect(saidOf(a, b)).toEqual([
    ['configuration hash', 'a', 'b', false],
    ['batch size', '50', '7', false],
  ])
  // What only one of the files says is left out.
  expect(saidOf(run, withExecution({ config_hash: 'b', batch_size: null }))).toEqual([])
  const other = { ...environment, sygra_version: '9.9.9', node_version: '24.0.0', python_version: '3.12' }
  const python = withExecution({ environment: { ...environment, python_version: '3.11' } })
  expect(saidOf(python, withExecution({ environment: other, host: 'elsewhere' }))).toEqual([
    ['sygra', '0.1.0', '9.9.9', false],
    ['node', '20.20.2', '24.0.0', false],
    ['python', '3.11', '3.12', false],
    ['host', 'build-7', 'elsewhere', false],
  ])
  const changed = withModel({ parameters: { temperature: 1 }, parameter_sets: undefined, upstream_model: 'v2' })
  expect(saidOf(withModel({ upstream_model: 'v1' }), changed)).toEqual([
    ['parameters of gpt-4o-mini', '[{"temperature":0.7,"max_tokens":500}]', '[{"temperature":1}]', false],
    ['upstream model of gpt-4o-mini', 'v1', 'v2', false],
  ])
  const moved = withModel({ model_url: ['https://a', 'https://b'] })
  expect(saidOf(run, moved)).toEqual([
    ['address of gpt-4o-mini', 'https://api.openai.com/v1', 'https://a, https://b', false],
  ])
  // Each rehearsal has a simulator of its own.
  const rehearsal = sampleMetadata({ records: 5, costStatus: 'simulated' })
  const elsewhere = Object.fromEntries(
    Object.entries(rehearsal.models).map(([name, each]) => [name, { ...each, model_url: 'http://127.0.0.1:1' }]),
  )
  expect(saidOf(rehearsal, { ...rehearsal, models: elsewhere })).toEqual([])
})

test('who did the records is not alike where it was one process, workers, or the processes of a program', () => {
  const run = sampleMetadata({ records: 5 })
  const doneBy = (transport: string | undefined): Metadata => {
    if (transport === undefined) return run
    const worker = { host: null, pid: null, transport, session: 0, start_time: null, end_time: null }
    const counts = {
      records: 0,
      failed_records: 0,
      total_requests: 0,
      total_tokens: 0,
      total_cost_usd: 0,
      request_seconds: 0,
    }
    const workers = {
      w: { ...worker, ...counts, status: 'complete', node_version: null, concurrency: null, duration_seconds: null },
    }
    return { ...run, execution: { ...run.execution, workers } } as Metadata
  }
  expect(saidOf(doneBy(undefined), doneBy('file'))).toEqual([['done by', 'one process', 'workers', false]])
  expect(saidOf(doneBy('file'), doneBy('none'))).toEqual([['done by', 'workers', 'several processes', false]])
})

test('digests of several sources are held against each other source by source', () => {
  const run = sampleMetadata({ records: 5 })
  const withSources = (...hashes: (string | null)[]): Metadata => {
    const sources = hashes.map((dataset_hash, index) => [`s${index}`, { alias: `s${index}`, dataset_hash }])
    return { ...run, dataset: { ...run.dataset, sources: Object.fromEntries(sources) } } as Metadata
  }
  expect(saidOf(withSources('x', null), withSources('x', 'y'))).toContainEqual([
    'data hash',
    's0: x, s1: unknown',
    's0: x, s1: y',
    true,
  ])
})

// Ten records of two nodes, of which the fifth and the tenth fail in the second run: 20 answers and 3 retries of a 429, of which 4 are
// failures there.
test('a comparison is shown figure by figure, and part by part', () => {
  const ten = sampleMetadata({ records: 10 })
  const failing = sampleMetadata({ records: 10, failEvery: 5 })
  const gates = evaluateGates([parseGate('records>=10'), parseGate('failed_records<1')], ten, failing)
  const sections = comparisonSections({ base: ten, head: failing, comparison: compareRuns(ten, failing), gates })
  const tableOf = (title: string) => {
    const section = sections.find((each) => each.title === title)
    return section?.type === 'table' ? section : undefined
  }
  const rowsOf = (title: string, name: string) => tableOf(title)?.rows.filter(([first]) => first === name)
  const [same, worse] = [
    { text: 'same', tone: 'faint' },
    { text: 'worse', tone: 'bad' },
  ]
  expect(tableOf('Totals')?.columns.map(({ title }) => title)).toEqual([
    'figure',
    'base',
    'head',
    'difference',
    'change',
    'verdict',
    '95% interval',
  ])
  expect(rowsOf('Totals', 'records')).toEqual([['records', '10', '10', '±0', '±0%', same, '–']])
  expect(rowsOf('Totals', 'success')).toEqual([['success', '100%', '80%', '-20 points', '-20%', worse, '–']])
  expect(rowsOf('Totals', 'failed records')).toEqual([['failed records', '0', '2', '+2', '–', worse, '–']])
  // What is 0 in both says nothing.
  expect(rowsOf('Totals', 'cost avoided')).toEqual([])
  expect(tableOf('Totals')?.notes).toEqual([
    '95% intervals are from mean and deviation in the files, because a run has no ledger. Around 0 it is noise.',
  ])
  expect(tableOf('Models')?.rows.map((row) => row.slice(0, 2))).toEqual([
    ['gpt-4o-mini', 'cost'],
    ['', 'requests'],
    ['', 'failed requests'],
    ['', 'tokens'],
    ['', 'latency p50'],
    ['', 'latency p95'],
  ])
  const figures = ['executions', 'failures', 'cost', 'tokens', 'latency p50', 'latency p95']
  expect(tableOf('Nodes')?.rows.map(([, figure]) => figure)).toEqual([...figures, ...figures])
  expect(tableOf('Responses')?.rows).toEqual([
    ['200', 'OK', '20', '16', '-4'],
    ['429', 'too many requests', '3', '3', '±0'],
    ['500', 'server error', '0', '4', '+4'],
  ])
  expect(tableOf('Gates')?.rows).toEqual([
    ['records>=10', { text: 'passed', tone: 'good' }, 'records is 10, wanted at least 10'],
    ['failed_records<1', { text: 'broken', tone: 'bad' }, 'failed_records is 2, wanted less than 1'],
  ])
})

test('what is in one run only, why there is no verdict, and that costs are simulated is said at the place', () => {
  const shown = (from: Metadata, to: Metadata) => {
    const text = renderComparison({ base: from, head: to, comparison: compareRuns(from, to), gates: [] }, {})
    return text.replaceAll(/ +/g, ' ')
  }
  const text = shown(
    sampleMetadata({ records: 4, nodes: ['a'], costStatus: 'simulated' }),
    sampleMetadata({ records: 6, nodes: ['b'], costStatus: 'simulated' }),
  )
  expect(text).toContain('\na (base only) executions 4 –\n')
  expect(text).toContain('\nb (head only) executions – 6\n')
  expect(text).toContain('no verdict too few records for a verdict: 4 and 6, wanted at least 5 in each run')
  expect(text).toContain('costs simulated: what the named models would have cost')
  expect(text).toContain('records 4 6 +2 +50%')
  expect(text).not.toMatch(/better|worse/)
  const failed = shown(base, sampleMetadata({ status: 'failed' }))
  expect(failed).toContain('not judged head is failed: it is not judged')
  expect(failed).not.toContain('costs simulated')
  expect(shown(base, sampleMetadata({ unpricedModels: ['gpt-4o-mini'] }))).toMatch(
    /\ncost \$0\.\d+ – – – its price is not known/,
  )
  const partial = sampleMetadata({ models: ['gpt-4o-mini', 'mine'], unpricedModels: ['mine'] })
  expect(shown(partial, base)).toMatch(/\ncost ≥ \$0\.\d+ \$0\.\d+ – – it is ≥ \$0\.\d+ \(/)
  expect(shown(base, partial)).toMatch(/\ncost \$0\.\d+ ≥ \$0\.\d+ – – it is ≥ \$0\.\d+ \(/)
})

test('latencies within a hundredth of each other are the same, where nothing tells more of them', () => {
  const p95 = (slowness: number) => total(compareRuns(base, sampleMetadata({ slowness })), 'p95')?.verdict
  expect([p95(1.008), p95(0.992), p95(1.02), p95(0.98)]).toEqual(['same', 'same', 'worse', 'better'])
})
