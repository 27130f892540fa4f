import { describe, expect, test } from 'vitest'
import { createCountReader, doubtsBeside, isOfUnknownNumber } from './count-table.ts'

const read = createCountReader(
  { input: ['in', 'prompt.text', 'parts.TEXT.n'], output: ['out'], seconds: ['time'], cached: ['list.n'] },
  { harmless: { asOf: '2026-11-28', paths: ['speed', 'times.*'] }, measures: ['seconds'], readElsewhere: ['cost'] },
)

const unknown = (path: string, value: number) => `it is not known what ${path} (${value}) is charged at`

test.each<[usage: unknown, of: object, doubts: readonly string[]]>([
  [{ in: 3, out: 0 }, { input: 3, output: 0 }, []],
  // Of several spellings the largest counts, in either order.
  [{ in: 3, prompt: { text: 5 } }, { input: 5 }, []],
  [{ in: 5, prompt: { text: 3 } }, { input: 5 }, []],
  [{ in: 3, prompt: { text: 0 } }, { input: 3 }, []],
  // Nothing is no 0.
  [{ in: null, out: undefined, time: false }, {}, []],
  // A text that stands for a count, and one that does not.
  [{ in: '7' }, { input: 7 }, []],
  [{ in: ' 7 ' }, { input: 7 }, []],
  [{ in: '' }, {}, ['in is NaN, which is no count']],
  [{ in: 'seven' }, {}, ['in is NaN, which is no count']],
  [{ name: '7' }, {}, []],
  // What is no whole number from 0.
  [{ in: 2.5 }, { input: 2 }, ['in is 2.5, which is no count']],
  [{ in: -1 }, {}, ['in is -1, which is no count']],
  [{ in: 2 ** 60 }, {}, [`in is ${2 ** 60}, which is no count`]],
  [{ in: Number.POSITIVE_INFINITY }, {}, ['in is Infinity, which is no count']],
  // What becomes of -1 and of "none" in 32 bits.
  [{ in: 2 ** 32 - 1 }, {}, ['in is 4294967295, which is no count']],
  [{ in: 2 ** 32 - 2 ** 16 }, {}, ['in is 4294901760, which is no count']],
  [{ in: 2 ** 32 - 2 ** 16 - 1 }, { input: 4294901759 }, []],
  [{ in: 2 ** 32 }, { input: 4294967296 }, []],
  [{ in: 2 ** 31 - 1 }, {}, ['in is 2147483647, which is no count']],
  [{ in: 2 ** 31 - 2 }, { input: 2147483646 }, []],
  [{ time: 2.5 }, { seconds: 2.5 }, []],
  [{ time: -2.5 }, {}, ['time is -2.5, which is no count']],
  // What nobody knows is a doubt, unless it is 0.
  [{ news: 4 }, {}, [unknown('news', 4)]],
  [{ news: 0 }, {}, []],
  [{ news: { deep: [{ n: 4 }] } }, {}, [unknown('news.deep.*.n', 4)]],
  [{ in: 3, prompt: { text: 1, news: 2 } }, { input: 3 }, [unknown('prompt.news', 2)]],
  [{ prompt: 4 }, {}, [unknown('prompt', 4)]],
  [{ 'a name of words': 4 }, {}, ['it is not known what a number under an unusual name (4) is charged at']],
  [{ [`n${'x'.repeat(80)}`]: 4 }, {}, ['it is not known what a number under an unusual name (4) is charged at']],
  // What is known to be harmless, and what is read by other means.
  [{ speed: 4, times: { first: 2 }, cost: { deep: { n: 4 } } }, {}, []],
  // The elements of a list go by what they are of, and are added up.
  [
    {
      parts: [
        { modality: 'TEXT', n: 3 },
        { modality: 'TEXT', n: 4 },
      ],
    },
    { input: 7 },
    [],
  ],
  [{ in: 5, parts: [{ type: 'TEXT', n: 3 }] }, { input: 5 }, []],
  [{ parts: [{ ttl: 'TEXT', n: 3 }] }, { input: 3 }, []],
  [{ parts: [{ modality: 'NEWS', n: 3 }] }, {}, [unknown('parts.NEWS.n', 3)]],
  [
    { parts: [{ modality: 5, n: 3 }] },
    {},
    [`it is not known what parts.*.modality (5) is charged at`, unknown('parts.*.n', 3)],
  ],
  [{ parts: ['TEXT', 3] }, {}, [unknown('parts.*', 3)]],
  // A gateway that counted by itself.
  [{ in: 3, estimated: true }, { input: 3 }, ['the usage says of itself that it is an estimate']],
  [{ in: 3, is_estimate: true }, { input: 3 }, ['the usage says of itself that it is an estimate']],
  [{ in: 3, usageEstimated: true }, { input: 3 }, ['the usage says of itself that it is an estimate']],
  [{ in: 3, estimated: false, not_estimated: true, estimated_by: true }, { input: 3 }, []],
  [[{ in: 3 }], {}, []],
  [undefined, {}, []],
])('%j is read', (usage, of, doubts) => {
  expect(read(usage)).toEqual({ of, doubts })
})

test('what is deeper than anybody nests is said to be unread', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 4 : { a: nested(levels - 1) })
  expect(read(nested(8)).doubts).toEqual([unknown('a.a.a.a.a.a.a.a', 4)])
  expect(read(nested(10)).doubts).toEqual(['a.a.a.a.a.a.a.a.a is too deep to be read'])
})

test('of a long list the first 64 are read, and it is said', () => {
  const parts = (count: number) => Array.from({ length: count }, () => ({ modality: 'TEXT', n: 1 }))
  expect(read({ parts: parts(64) })).toEqual({ of: { input: 64 }, doubts: [] })
  expect(read({ parts: parts(65) })).toEqual({ of: { input: 64 }, doubts: ['parts has more parts than were read'] })
})

test('eight doubts are kept, each once', () => {
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`n${index}`, 1]))
  expect(read(many).doubts).toHaveLength(8)
  expect(read({ list: [{ m: 1 }, { m: 1 }] }).doubts).toEqual([unknown('list.*.m', 1)])
})

test('a doubt about a number that nobody knows is told from the others', () => {
  expect(read({ news: 4 }).doubts.map(isOfUnknownNumber)).toEqual([true])
  expect(read({ in: -1 }).doubts.map(isOfUnknownNumber)).toEqual([false])
})

describe('objects of billing beside the usage', () => {
  test.each<[answer: unknown, known: readonly string[], doubts: readonly string[]]>([
    [{ usage: { n: 1 } }, ['usage'], []],
    [{ usage: { n: 1 } }, [], [unknown('usage.n', 1)]],
    [
      { billing_details: { n: 1 }, billed_units: { n: 2 } },
      [],
      [unknown('billing_details.n', 1), unknown('billed_units.n', 2)],
    ],
    [
      { extra_charges: { n: 1 }, extra_charge: { n: 2 } },
      [],
      [unknown('extra_charges.n', 1), unknown('extra_charge.n', 2)],
    ],
    [{ charges_of: { n: 1 }, other: { n: 2 } }, [], []],
    [{ usage: 3, usageText: 'x' }, [], []],
    // One level below.
    [{ meta: { usage: { n: 1 } } }, [], [unknown('usage.n', 1)]],
    [{ meta: { usage: { n: 1 } } }, ['meta'], [unknown('usage.n', 1)]],
    [{ meta: { usage: { n: 1 } } }, ['usage'], [unknown('usage.n', 1)]],
    [{ meta: { usage: { n: 1 } } }, ['meta', 'usage'], []],
    [{ meta: { usage: 3, other: { n: 1 } } }, [], []],
    [{ meta: { deep: { usage: { n: 1 } } } }, [], []],
    [[{ usage: { n: 1 } }], [], []],
  ])('%j, of which %j are read', (answer, known, doubts) => {
    expect(doubtsBeside(answer, known)).toEqual(doubts)
  })
})
