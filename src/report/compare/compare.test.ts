import { expect, test } from 'vitest'
import { type SampleRunOptions, sampleEvents, sampleMetadata } from '../../../test/helpers/sample-run.ts'
import type { Metadata } from '../../metadata/schema.ts'
import { textWidth } from '../text/terminal-text.ts'
import { type Comparison, compareRuns } from './compare.ts'
import { renderComparison, renderComparisonMarkdown } from './comparison-sections.ts'
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
    expect(of(whole, sampleMetadata({ priceFactor: 0.5 }), name)).toMatchObject({ verdict: 'better', reason: undefined })
  }
  expect(of(whole, failing, 'failed_records')).toMatchObject({ verdict: 'worse' })
  expect(of(failing, whole, 'failed_records')).toMatchObject({ verdict: 'better' })
  expect(of(whole, sampleMetadata({ records: 40 }), 'total_cost')).toEqual({
    verdict: 'none',
    reason: 'another number of records',
  })
})
