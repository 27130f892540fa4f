import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sampleMetadata } from '../../../test/helpers/sample-run.ts'
import { SygraError } from '../../errors.ts'
import { evaluateGates, parseGate } from './gates.ts'

const base = sampleMetadata()

function judge(gate: string, head = base, from = base) {
  const [result] = evaluateGates([parseGate(gate)], from, head)
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
