import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { requestEnd } from '../../../test/helpers/request-end.ts'
import { sampleMetadata } from '../../../test/helpers/sample-run.ts'
import { formulaOf } from '../../report/explain/formula-of.ts'
import { describeKey } from '../describe-key.ts'
import { addedFigure, digitsOfUnit, numbersOf } from './figure.ts'
import { shapeOf } from './figure-shape.ts'
import { recordEnds } from './record-figures.ts'
import { figureBlocks, figureTable, gatedFigures, tallySetsOf } from './registry.ts'
import { performanceFigures } from './request-figures.ts'
import { ofModel, ofWorker, type Subject, tallied, theRun } from './subject.ts'
import { type DuplicateTally, type RequestTally, Tallies } from './tally.ts'

const streams: RequestTally = {
  of: 'request-end',
  what: 'streamed requests',
  keeps: 'count',
  read: ({ isStream }) => (isStream ? 1 : undefined),
}

/** One row more: nothing else is said of it anywhere. */
const streamed_requests = addedFigure({
  sentence: 'Requests whose answer came in pieces.',
  unit: 'count',
  formula: ({ subject }) => tallied(subject, streams),
  gate: { name: 'streamed', title: 'streams', better: 'higher' },
})
const figures = { ...performanceFigures, streamed_requests }
const blocks = [{ path: 'models.*.performance', figures, subject: ([name = '']: readonly string[]) => ofModel(name) }]
const path = ['models', 'm', 'performance', 'streamed_requests']

test('a made-up figure is one row: it is folded, merged, written, explained, guarded and documented', () => {
  const sets = tallySetsOf(blocks)
  const fold = (streamed: readonly boolean[]) => {
    const tallies = new Tallies(sets.requests)
    for (const isStream of streamed) tallies.add(requestEnd({ isStream }))
    return tallies
  }
  const whole = fold([true, false])
  whole.merge(fold([true, true, false]))
  const measured = ({ tally }: { tally?: unknown }) => (tally === streams ? whole.of(streams) : 0)
  expect(numbersOf({ streamed_requests }, { totals: undefined, measured })).toEqual({ streamed_requests: 3 })

  const schema = z.looseObject(shapeOf(figures))
  expect(schema.shape.streamed_requests.description).toBe('Requests whose answer came in pieces.')
  expect(schema.shape.streamed_requests.safeParse(undefined).success).toBe(true)
  expect(schema.shape.streamed_requests.safeParse(-1).success).toBe(false)

  const formula = formulaOf(sampleMetadata(), path, blocks)
  expect(formula).toMatchObject({ measure: { what: 'streamed requests of model m', reduction: 'count' } })
  const read = formula?.type === 'measure' ? formula.measure.value : undefined
  expect(read?.(requestEnd({ isStream: true }))).toBe(1)
  expect(read?.(requestEnd({ isStream: false }))).toBeUndefined()
  expect(read?.(requestEnd({ isStream: true, model: 'another' }))).toBeUndefined()

  expect(gatedFigures('model', blocks)).toContainEqual({
    name: 'streamed',
    title: 'streams',
    better: 'higher',
    keys: ['performance', 'streamed_requests'],
    unit: 'count',
  })
  expect(figureTable(blocks)).toContainEqual({
    path: 'models.*.performance.streamed_requests',
    sentence: 'Requests whose answer came in pieces.',
  })
})

test('what is more than the unrolled fold has places for is folded too', () => {
  const many = Array.from(
    { length: 30 },
    (_, index): RequestTally => ({ of: 'request-end', what: `${index}`, keeps: 'sum', read: () => index }),
  )
  const rows = Object.fromEntries(
    many.map((tally) => [
      tally.what,
      addedFigure({ sentence: '', unit: 'count', formula: ({ subject }) => tallied(subject, tally) }),
    ]),
  )
  const tallies = new Tallies(tallySetsOf([{ figures: rows }]).requests)
  tallies.add(requestEnd())
  tallies.add(requestEnd())
  expect(many.map((tally) => tallies.of(tally))).toEqual(many.map((_, index) => 2 * index))
})

test('a formula says whose requests are meant; records are those of the run where no worker is named', () => {
  const inVain: DuplicateTally = { of: 'record-duplicate', what: 'records done twice', keeps: 'count', read: () => 1 }
  const said = (subject: Subject, tally: Parameters<typeof tallied>[1]) => {
    const formula = tallied(subject, tally)
    return formula.type === 'measure' ? formula.measure.what : undefined
  }
  expect(said(theRun, streams)).toBe('streamed requests of the run')
  expect([recordEnds, inVain].map((tally) => said(theRun, tally))).toEqual(['ends of records', 'records done twice'])
  expect([recordEnds, inVain].map((tally) => said(ofWorker('w2'), tally))).toEqual([
    'ends of records of worker w2',
    'records done twice of worker w2',
  ])
})

test('the unit of a figure is the one that its name says', () => {
  const unitSaid = (key: string) => {
    if (/_usd$|cost/.test(key)) return 'usd'
    if (/_per_second$/.test(key)) return 'rate'
    if (/seconds$/.test(key)) return 'seconds'
    if (/_rate$/.test(key)) return 'share'
    return key.startsWith('avg_') ? 'average' : 'count'
  }
  for (const { path, figures } of figureBlocks)
    for (const [key, { unit }] of Object.entries(figures)) expect(unit, `${path}.${key}`).toBe(unitSaid(key))
})

test('gates know these figures; a total grows with the work, and of each but the amount of work it is said what is better', () => {
  const known = (scope: Parameters<typeof gatedFigures>[0]) =>
    gatedFigures(scope)
      .map(
        ({ name, better, isTotal }) =>
          `${name} ${better === undefined ? '' : { lower: '↓', higher: '↑' }[better]}${isTotal ? '+' : ''}`,
      )
      .sort()
  const tokens = ['completion_tokens ↓+', 'prompt_tokens ↓+', 'total_tokens ↓+']
  const failing = ['failure_rate ↓', 'failures ↓+']
  const sorted = (...names: string[]) => names.sort()
  expect(known('run')).toEqual(
    sorted(
      ...tokens,
      ...failing,
      ...['total_cost ↓+', 'cost_per_record ↓', 'avoided_cost ↑+', 'avoided_requests ↑+'],
      ...['requests +', 'retries ↓+', 'retry_rate ↓'],
      ...['records +', 'failed_records ↓+', 'success_rate ↑', 'records_per_second ↑'],
    ),
  )
  expect(known('model')).toEqual(
    sorted(
      ...tokens,
      ...failing,
      'total_cost ↓+',
      'cost_per_request ↓',
      'requests +',
      'retries ↓+',
      'tokens_per_second ↑',
    ),
  )
  for (const scope of ['node', 'agent', 'tool'] as const) {
    expect(known(scope)).toEqual(
      sorted(...failing, 'executions +', 'total_cost ↓+', 'cost_per_execution ↓', 'requests +', 'total_tokens ↓+'),
    )
  }
})

test('the schema describes each figure with the sentence of its row', () => {
  for (const { path, sentence } of figureTable()) {
    expect(describeKey(path.split('.')).at(-1), path).toBe(sentence)
  }
})

test('no two gates of one scope have the same name', () => {
  for (const scope of ['run', 'model', 'node'] as const) {
    const names = gatedFigures(scope).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  }
})

test('the file keeps 3 digits of seconds, 2 of rates and 6 of USD, and all of the rest', () => {
  expect((['count', 'seconds', 'usd', 'share', 'average', 'rate'] as const).map(digitsOfUnit)).toEqual([
    undefined,
    3,
    6,
    undefined,
    undefined,
    2,
  ])
})

test('the documentation has a row for each figure, with its sentence', () => {
  const text = readFileSync('docs/metadata-format.md', 'utf8')
  for (const { path, figures } of figureBlocks) {
    for (const [key, { sentence }] of Object.entries(figures)) {
      expect(text, `npm run schema writes the table: ${path}.${key}`).toContain(`| \`${key}\` | ${sentence} |`)
    }
  }
})
