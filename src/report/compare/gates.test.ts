import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sampleMetadata } from '../../../test/helpers/sample-run.ts'
import { SygraError } from '../../errors.ts'
import { formatSeconds } from '../text/format-values.ts'
import { compareRuns } from './compare.ts'
import { evaluateGates, type GateOptions, parseGate, renderJunit } from './gates.ts'

const base = sampleMetadata()

function judge(gate: string, head = base, from = base, options: GateOptions = {}) {
  const [result] = evaluateGates([parseGate(gate)], from, head, options)
  return result ?? { gate, passed: false, reason: 'no result' }
}

test('a limit with a sign is a change, one without is a value', () => {
  expect(parseGate('cost_per_record<+5%').limit).toEqual({ type: 'change-share', share: 0.05 })
  expect(parseGate('p95 <= -10 %').limit).toEqual({ type: 'change-share', share: -0.1 })
  expect(parseGate('success_rate>=0.99').limit).toEqual({ type: 'value', value: 0.99 })
  expect(parseGate('success_rate>=99%').limit).toEqual({ type: 'value', value: 0.99 })
  expect(parseGate('total_cost<2.00').limit).toEqual({ type: 'value', value: 2 })
  expect(parseGate('total_cost<+$0.50').limit).toEqual({ type: 'change-amount', amount: 0.5 })
  expect(parseGate('p95<500ms').limit).toEqual({ type: 'value', value: 0.5 })
  expect(parseGate('duration<2min').limit).toEqual({ type: 'value', value: 120 })
})

test('a gate may be on a model or a node, whose names may have dots', () => {
  expect(parseGate('models.gpt-4.1-mini.p95<3s')).toMatchObject({
    scope: { type: 'model', name: 'gpt-4.1-mini' },
    figure: 'p95',
  })
  expect(parseGate('nodes.critique.total_cost<1')).toMatchObject({ scope: { type: 'node', name: 'critique' } })
})

test.each([
  ['', 'expected a figure'],
  ['p95', 'expected a figure'],
  ['p95=3', 'expected a figure'],
  ['p95<<3', 'expected a figure'],
  ['p94<3', 'unknown figure "p94"; there are total_cost'],
  ['models.x.nothing<3', 'unknown figure "nothing"'],
  ['p95<soon', '"soon" is no limit'],
  ['p95<10%', 'needs its sign: +10% or -10%'],
  ['p95<$3', '$ does not go with'],
  ['records>3s', '"s" does not go with'],
])('"%s" is refused with the reason', (gate, reason) => {
  expect(() => parseGate(gate)).toThrow(reason)
})

test('whatever is written, a gate is read or refused with a clear error', () => {
  const parts = fc.array(fc.constantFrom('p95', 'models.', '.', '<', '=', '>', '+', '5', '%', ' ', '$', 'ms', 'x'))
  fc.assert(
    fc.property(parts, (written) => {
      try {
        parseGate(written.join(''))
      } catch (error) {
        expect(error).toBeInstanceOf(SygraError)
      }
    }),
  )
})

test('gates hold or break as they say', () => {
  const dearer = sampleMetadata({ priceFactor: 1.04 })
  expect(judge('cost_per_record<+5%', dearer).passed).toBe(true)
  expect(judge('cost_per_record<+3%', dearer).passed).toBe(false)
  expect(judge('cost_per_record<=+0%').passed).toBe(true)
  expect(judge('total_cost<2.00').passed).toBe(true)
  expect(judge('total_cost<$0.0001').passed).toBe(false)
  expect(judge('success_rate>=1').passed).toBe(true)
  expect(judge('success_rate>=0.99', sampleMetadata({ failEvery: 10 })).passed).toBe(false)
  expect(judge('p95<+10%', sampleMetadata({ slowness: 1.2 })).passed).toBe(false)
  expect(judge('models.gpt-4o-mini.p95<60s').passed).toBe(true)
  expect(judge('nodes.critique.failures<1').passed).toBe(true)
})

test('the reason is a sentence that a colleague understands', () => {
  const { reason } = judge('p95<+10%', sampleMetadata({ slowness: 1.2 }))
  expect(reason).toMatch(/^p95 went from [\d.]+ s to [\d.]+ s \(\+\d+(\.\d)?%\), wanted less than [\d.]+ s$/)
  expect(judge('success_rate>=0.99', sampleMetadata({ failEvery: 10 })).reason).toBe(
    'success_rate is 90%, wanted at least 99%',
  )
})

test('an unknown cost does not pass, and a lower bound neither', () => {
  const unpriced = sampleMetadata({ unpricedModels: ['gpt-4o-mini'] })
  expect(judge('total_cost<2.00', unpriced)).toMatchObject({ passed: false })
  expect(judge('total_cost<2.00', unpriced).reason).toContain('price is not known')
  const partial = sampleMetadata({ models: ['gpt-4o-mini', 'mine'], unpricedModels: ['mine'] })
  expect(judge('total_cost<2.00', partial)).toMatchObject({ passed: false })
  expect(judge('total_cost<2.00', partial).reason).toContain('≥ $0.00')
  const { requests } = base.aggregate_statistics
  const totals = { ...base.aggregate_statistics, requests: { ...requests, in_flight_requests: 1 } }
  const lost = { ...base, aggregate_statistics: totals }
  expect(judge('total_cost<2.00')).toMatchObject({ passed: true })
  expect(judge('total_cost<2.00', lost)).toMatchObject({ passed: false })
  expect(judge('total_cost<2.00', lost).reason).toMatch(/≥ \$0\.\d/)
})

test('against a base of 0 any growth breaks a share', () => {
  const failing = sampleMetadata({ failEvery: 10 })
  expect(judge('failed_records<=+5%', failing).passed).toBe(false)
  expect(judge('failed_records<=+5%', base).passed).toBe(true)
})

test('a part that a run does not have breaks its gate', () => {
  expect(judge('models.nobody.p95<3s').reason).toBe('head has no model "nobody"')
  expect(judge('nodes.constructor.p95<3s').reason).toBe('head has no node "constructor"')
})

test('cheap records are compared more exactly than the file rounds them', () => {
  // $0.000066 a record: a millionth of a dollar would be 1.5 %.
  const one = sampleMetadata({ priceFactor: 0.1 })
  expect(judge('cost_per_record<+0.6%', sampleMetadata({ priceFactor: 0.1005 }), one).passed).toBe(true)
  expect(judge('cost_per_record<+0.4%', sampleMetadata({ priceFactor: 0.1005 }), one).passed).toBe(false)
})

// Two records in 125 seconds, at 60 + 60.75 + 61.5 + 62.25 = 244.5 millionths of a dollar.
test.each([
  ['records<2', false, 'records is 2, wanted less than 2'],
  ['records<=2', true, 'records is 2, wanted at most 2'],
  ['records>2', false, 'records is 2, wanted more than 2'],
  ['records>=2', true, 'records is 2, wanted at least 2'],
  ['records>1', true, 'records is 2, wanted more than 1'],
  ['records<3', true, 'records is 2, wanted less than 3'],
  ['duration<125000ms', false, 'duration is 2 min 05 s, wanted less than 2 min 05 s'],
  ['duration<=125', true, 'duration is 2 min 05 s, wanted at most 2 min 05 s'],
  ['duration<=2.5min', true, 'duration is 2 min 05 s, wanted at most 2 min 30 s'],
  ['duration>=.1h', false, 'duration is 2 min 05 s, wanted at least 6 min 00 s'],
  // Both would be $0.000244 in short.
  ['total_cost>0.0002442', true, 'total_cost is $0.000244 (0.0002445), wanted more than $0.000244 (0.0002442)'],
  ['records<+1', true, 'records went from 2 to 2 (±0%), wanted less than 3'],
  ['records>=+50%', false, 'records went from 2 to 2 (±0%), wanted at least 3'],
  ['records>-1', true, 'records went from 2 to 2 (±0%), wanted more than 1'],
  ['failed_records<=+1', true, 'failed_records went from 0 to 0, wanted at most 1'],
])('%s of two records: %s, because %s', (gate, passed, reason) => {
  const run = sampleMetadata({ records: 2 })
  expect(judge(gate, run, run)).toEqual({ gate, passed, reason })
})

test('a change is told as a share of base', () => {
  const [two, three] = [sampleMetadata({ records: 2 }), sampleMetadata({ records: 3 })]
  expect(judge('records<+0', three, two).reason).toBe('records went from 2 to 3 (+50%), wanted less than 2')
})

test('a base of which the figure is not known, or which has no such part, passes nothing', () => {
  const unpriced = sampleMetadata({ unpricedModels: ['gpt-4o-mini'] })
  expect(judge('total_cost<+900%', base, unpriced)).toMatchObject({
    passed: false,
    reason: 'total_cost of base: its price is not known',
  })
  // What a value is wanted of, base need not have.
  expect(judge('total_cost<1', base, unpriced).passed).toBe(true)
  const other = sampleMetadata({ nodes: ['generate'] })
  expect(judge('nodes.critique.failures<+1', base, other)).toMatchObject({
    passed: false,
    reason: 'base has no node "critique"',
  })
  expect(judge('failed_records<+1', base, sampleMetadata({ status: 'failed' }))).toMatchObject({
    passed: false,
    reason: 'base is failed: it is not judged',
  })
})

test('what is known of a cost can break a gate, and pass one only where that much may be unknown', () => {
  // A 429 and four answers, two of a model without a price; the others come to 60 + 61.5 millionths of a dollar.
  const options = { records: 2, retryEvery: 99, models: ['m1', 'm2'], unpricedModels: ['m2'] }
  const half = sampleMetadata(options)
  expect(judge('total_cost<0.0001', half).reason).toMatch(
    /^total_cost is at least \$0\.00012\d?, wanted less than \$0\.0001$/,
  )
  for (const gate of ['total_cost<1', 'total_cost>0.0001', 'total_cost<=1', 'cost_per_record<1']) {
    expect(judge(gate, half)).toMatchObject({ passed: false, reason: expect.stringMatching(/ of head: it is ≥ /) })
    expect(judge(gate, half, base, { unpricedTolerance: 0.39 }).passed).toBe(false)
    expect(judge(gate, half, base, { unpricedTolerance: 0.4 }).passed).toBe(true)
  }
  const nothing = sampleMetadata({ ...options, unpricedModels: ['m1', 'm2'] })
  expect(judge('total_cost<1', nothing, base, { unpricedTolerance: 1 }).passed).toBe(false)
  // Without a request that has no price nothing is tolerated: what is missing is something else.
  const { requests } = half.aggregate_statistics
  const lost = {
    ...base,
    aggregate_statistics: { ...base.aggregate_statistics, requests: { ...requests, in_flight_requests: 1 } },
  }
  expect(judge('total_cost<1', lost, base, { unpricedTolerance: 1 }).passed).toBe(false)
})

test('of a node too a gate that broke says when that may be chance; one on a value does not', () => {
  const head = sampleMetadata({ slowness: 1.05 })
  const options = { comparison: compareRuns(base, head) }
  const chance = /; it may be chance: the true difference lies between -[\d.]+ m?s and \+[\d.]+ m?s \(95%\)$/
  expect(judge('nodes.generate.p50<+0.1%', head, base, options).reason).toMatch(chance)
  expect(judge('models.gpt-4o-mini.p50<+0.1%', head, base, options).reason).toMatch(chance)
  // The interval is that of the part which is meant.
  const { critique } = Object.fromEntries(options.comparison.nodes.map(({ name, figures }) => [name, figures]))
  const { to = 0 } = critique?.find(({ name }) => name === 'p50')?.interval ?? {}
  expect(judge('nodes.critique.p50<+0.1%', head, base, options).reason).toContain(`and +${formatSeconds(to)} (95%)`)
  expect(judge('nodes.generate.p50<0.1s', head, base, options).reason).not.toContain('chance')
  expect(judge('nodes.generate.p50<+50%', head, base, options).reason).not.toContain('chance')
})

test('the report for CI is what CI systems read', () => {
  const gates = [
    { gate: 'a<1', passed: true, reason: 'fine' },
    { gate: 'b<1', passed: false, reason: 'b is 2\ufffe' },
  ]
  expect(renderJunit(gates, 's').split('\n')).toEqual([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="sygra compare" tests="2" failures="1" errors="0">',
    '  <testsuite name="s" tests="2" failures="1" errors="0">',
    '    <testcase classname="s" name="a&lt;1"/>',
    '    <testcase classname="s" name="b&lt;1">',
    '      <failure message="b is 2">b is 2</failure>',
    '    </testcase>',
    '  </testsuite>',
    '</testsuites>',
    '',
  ])
})
