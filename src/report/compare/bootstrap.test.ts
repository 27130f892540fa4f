import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sampleEvents } from '../../../test/helpers/sample-run.ts'
import type { SampleQuestion } from './bootstrap.ts'
import { bootstrapIntervals, prepareValues, statisticOf } from './bootstrap.ts'
import { RunSamples } from './run-samples.ts'

function samplesOf(values: readonly number[], prefix = 'record-'): RunSamples {
  const samples = new RunSamples()
  values.forEach((value, index) => {
    samples.put('x', value, `${prefix}${index}`)
  })
  return samples
}

function intervalOf(base: RunSamples, head: RunSamples, statistic: SampleQuestion['statistic'], arePaired = true) {
  return bootstrapIntervals(base, head, { questions: [{ sample: 'x', statistic }], arePaired })[0]
}

/** Numbers between 0 and 1 that look like chance and are the same each time. */
function numbers(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const wave = Math.sin((index + 1) * 12.9898 + seed * 78.233) * 43758.5453
    return wave - Math.floor(wave)
  })
}

test('records that all got slower by the same are certain in pairs, and not so when each run is taken for itself', () => {
  const base = numbers(40, 1)
  const head = base.map((value) => value + 0.1)
  const paired = intervalOf(samplesOf(base), samplesOf(head), 'mean')
  expect(paired?.method).toBe('paired')
  expect(paired?.from).toBeCloseTo(0.1, 9)
  expect(paired?.to).toBeCloseTo(0.1, 9)
  for (const alone of [
    intervalOf(samplesOf(base), samplesOf(head), 'mean', false),
    intervalOf(samplesOf(base), samplesOf(head, 'other-'), 'mean'),
  ]) {
    expect(alone?.method).toBe('unpaired')
    expect(alone?.from).toBeLessThan(0)
    expect(alone?.to).toBeGreaterThan(0.15)
  }
})

test('nineteen of twenty intervals hold the true difference, give or take', () => {
  const held = Array.from({ length: 100 }, (_, seed) => {
    const interval = intervalOf(samplesOf(numbers(40, seed)), samplesOf(numbers(40, seed + 1000), 'other-'), 'mean')
    return interval !== undefined && interval.from <= 0 && interval.to >= 0
  }).filter(Boolean).length
  expect(held).toBeGreaterThanOrEqual(85)
  expect(held).toBeLessThan(100)
})

test('the same two runs have the same interval each time', () => {
  const [base, head] = [samplesOf(numbers(30, 1)), samplesOf(numbers(30, 2))]
  expect(intervalOf(base, head, 'p95')).toEqual(intervalOf(base, head, 'p95'))
})

test('few records have no interval', () => {
  expect(intervalOf(samplesOf([1, 2, 3, 4]), samplesOf([1, 2, 3, 4]), 'mean')).toBeUndefined()
})

test('with every record once, a percentile is that of the values, by interpolation', () => {
  const values = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(values, fc.constantFrom('p50', 'p95', 'p99'), (list, statistic) => {
      const prepared = prepareValues(samplesOf(list), { sample: 'x', statistic })
      if (prepared === undefined) throw new Error('there are values')
      const sorted = list.toSorted((a, b) => a - b)
      const position = (Number(statistic.slice(1)) / 100) * (list.length - 1)
      const [below = 0, above = below] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]]
      const expected = below + (above - below) * (position % 1)
      expect(statisticOf(prepared, new Uint32Array(list.length).fill(1))).toBeCloseTo(expected, 9)
    }),
  )
})

test('a quotient is the sum over how many values the other sample has', () => {
  const samples = new RunSamples()
  for (const event of sampleEvents({ records: 10 })) samples.add(event)
  const prepared = prepareValues(samples, {
    sample: 'nodes.generate.cost',
    statistic: 'sum',
    per: 'nodes.generate.latency',
  })
  if (prepared === undefined) throw new Error('the node made requests')
  const sum = samples.sample('nodes.generate.cost')?.values.reduce((total, value) => total + value, 0) ?? 0
  expect(statisticOf(prepared, new Uint32Array(samples.recordCount).fill(1))).toBeCloseTo(sum / 10, 12)
})
