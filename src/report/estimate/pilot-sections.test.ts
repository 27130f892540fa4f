import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eightyPercentOfStudent, forecastSeconds, forecastSum, type Pilot, pilotSections } from './pilot-sections.ts'

// Student's t at 0.9, as every table has it.
test.each([
  [1, 3.078],
  [2, 1.886],
  [3, 1.638],
  [5, 1.476],
  [10, 1.372],
  [19, 1.328],
  [100, 1.29],
])('with %i degrees of freedom 80 %% lie within %f', (degrees, quantile) => {
  expect(Math.abs(eightyPercentOfStudent(degrees) - quantile)).toBeLessThan(0.003)
})

/** A seeded source of numbers between 0 and 1. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

test('of many runs, about 80 % come to what the interval of their pilot says', () => {
  const random = randomOf(7)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  let held = 0
  const runs = 2_000
  for (let run = 0; run < runs; run += 1) {
    const values = Array.from({ length: 120 }, () => 10 + 3 * normal())
    const forecast = forecastSum({ values: values.slice(0, 20), left: 100 })
    const whole = values.reduce((sum, value) => sum + value, 0)
    if (forecast !== undefined && forecast.from <= whole && whole <= forecast.to) held += 1
  }
  expect(held / runs).toBeGreaterThan(0.77)
  expect(held / runs).toBeLessThan(0.83)
})

test('the interval holds the forecast, and never less than what was spent; with nothing left it is the sum', () => {
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 30 })
  fc.assert(
    fc.property(values, fc.nat(1_000), (sample, left) => {
      const spent = sample.reduce((sum, value) => sum + value, 0)
      const forecast = forecastSum({ values: sample, left })
      expect(forecast?.from).toBeGreaterThanOrEqual(spent)
      expect(forecast?.value).toBeGreaterThanOrEqual((forecast?.from ?? 0) - 1e-6)
      expect(forecast?.to).toBeGreaterThanOrEqual(forecast?.value ?? 0)
      if (left === 0) expect(forecast).toEqual({ value: spent, from: spent, to: spent })
    }),
  )
})

test('one record tells nothing', () => {
  expect(forecastSum({ values: [1], left: 10 })).toBeUndefined()
})

test('time goes on with so many records at once', () => {
  const sample = { values: [2, 2, 2, 2], left: 100 }
  expect(forecastSeconds(sample, { tookSeconds: 2, atOnce: 10 })).toEqual({ value: 22, from: 22, to: 22 })
  expect(forecastSeconds({ ...sample, left: 5 }, { tookSeconds: 2, atOnce: 10 })?.value).toBe(4)
})

// Of 1 and 3 the mean is 2 and the deviation 1.414; eight more come to 4 + 16, give or take 3.078 × 1.414 × √(8 + 64 / 2) = 27.53, and
// never less than the 4 that were spent. Two at once take 4 + 8 × 3 / 2 = 16 s; the mean of 3 s is give or take 3.44.
const pilot: Pilot = {
  records: [
    { usd: 1, promptTokens: 100, completionTokens: 10, requests: 1, seconds: 2 },
    { usd: 3, promptTokens: 300, completionTokens: 30, requests: 3, seconds: 4 },
  ],
  totalRecords: 10,
  tookSeconds: 4,
  atOnce: 2,
  failed: 0,
  unpricedRequests: 0,
  isSimulated: false,
}

function forecastTable(changes: Partial<Pilot> = {}) {
  const [section] = pilotSections({ ...pilot, ...changes })
  if (section?.type !== 'table') throw new Error('a forecast is a table')
  return { notes: section.notes ?? [], titles: section.columns.map(({ title }) => title), rows: section.rows }
}

test('a pilot is shown with what it came to, what the whole will, and between which amounts', () => {
  const { titles, rows, notes } = forecastTable()
  expect(titles).toEqual(['', 'pilot of 2', 'all 10', '80% between', 'and'])
  expect(rows).toEqual([
    ['cost', '$4.00', '$20.00', '$4.00', '$47.53'],
    ['time', '4.00 s', '16.0 s', '4.00 s', '29.8 s'],
    ['requests', '4', '20', '4', '48'],
    ['tokens in', '400', '2,000', '400', '4,753'],
    ['tokens out', '40', '200', '40', '475'],
  ])
  expect(notes[0]).toMatch(/^If the other 8 are like these\..*Ten records or more would tell more\.$/)
  expect(notes.slice(1)).toEqual(['Time: 2 records in work at once, and no slower than in the pilot.'])
})

test('a forecast says what is simulated, what is a lower bound and what failed, and tells nothing from one record', () => {
  const { rows, notes } = forecastTable({ isSimulated: true, unpricedRequests: 1, failed: 1 })
  expect(rows[0]).toEqual(['cost (simulated)', '≥ $4.00', '≥ $20.00', '≥ $4.00', '≥ $47.53'])
  expect(notes.at(-1)).toBe('1 of them failed, and are counted with what they cost.')
  const one = forecastTable({ records: pilot.records.slice(0, 1) })
  expect(one.rows[0]).toEqual(['cost', '$1.00', '–', '–', '–'])
  expect(one.notes).toEqual(['Two records at least are needed to tell anything of the others.'])
  const ten = forecastTable({ records: [0, 1, 2, 3, 4].flatMap(() => pilot.records) })
  expect(ten.notes[0]).not.toContain('Ten records')
  // Nothing is left: the whole is the pilot.
  expect(ten.rows[0]).toEqual(['cost', '$20.00', '$20.00', '$20.00', '$20.00'])
})
