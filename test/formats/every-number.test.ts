import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wireFormatNamed, wireFormats } from '../../src/usage/registry.ts'
import { recordAnswer, type WireCall } from '../helpers/recorded-answer.ts'
import { usageFixtures } from '../helpers/usage-fixtures.ts'
import { truths } from './truth.ts'
import { resultTruths } from './truth-of-results.ts'

// The rule: a number that is not 0, in an object of usage or billing of any answer of any format, is either counted, or known
// to cost nothing, or makes the amount uncertain. Here each object of usage of each answer that is tested anywhere gets one
// that nobody knows.

interface Answer {
  readonly format: string
  readonly what: string
  /** The doubts about what is read of the answer, and the status of its cost, where it has one. */
  readonly read: (answer: unknown) => Promise<{ readonly doubts: readonly string[]; readonly status?: string }>
  readonly answer: unknown
}

const decoder = new TextDecoder()

function answerOfCall(format: string, what: string, call: WireCall): Answer {
  const read = async (answer: unknown) => {
    const { attempts } = await recordAnswer({ ...call, answer })
    return { doubts: attempts[0]?.usage?.doubts ?? [], status: attempts[0]?.cost?.status }
  }
  return { format, what, read, answer: call.answer }
}

const answers: readonly Answer[] = [
  ...truths.map(({ format, what, call }) => answerOfCall(format, what, call)),
  ...usageFixtures()
    .filter(({ expected }) => expected.facts.isComplete === true && expected.framing !== 'eventstream')
    .map(({ name, body, expected: { url, format, headers, requestBody, framing } }) => {
      const text = decoder.decode(body)
      const answer: unknown = framing === 'json' ? JSON.parse(text) : text
      return answerOfCall(format, name, { url, body: requestBody, headers, answer })
    }),
  ...resultTruths.map(({ format, what, document }) => ({
    format,
    what,
    answer: document,
    read: (answer: unknown) => {
      const read = wireFormatNamed(format)?.readResult?.(answer)
      return Promise.resolve({ doubts: read?.answers.flatMap(({ facts }) => facts.usage?.doubts ?? []) ?? [] })
    },
  })),
]

/** Names that no provider has, so that a number under one of them is known to nobody. */
const strangeName = fc.stringMatching(/^zz_[a-z]{1,8}$/)

const strangeMembers: fc.Arbitrary<object> = fc
  .record({ name: strangeName, inner: strangeName, value: fc.integer({ min: 1, max: 1e6 }), shape: fc.nat({ max: 2 }) })
  .map(({ name, inner, value, shape }) => {
    const shapes = [value, { [inner]: value / 8, of: 'words' }, [{ type: 'x', [inner]: value }, { [inner]: 0 }]]
    return { [name]: shapes[shape] }
  })

const usageName = /^(usage|usageMetadata|usage_info|billed_units|tokens|amazon-bedrock-invocationMetrics)$/

/** How many objects of usage there are in an answer, and the answer with more members in one of them. */
function usagesIn(answer: unknown): number {
  let count = 0
  mapUsages(answer, (usage) => {
    count++
    return usage
  })
  return count
}

function withMore(answer: unknown, place: number, more: object): unknown {
  let count = 0
  return mapUsages(answer, (usage) => (count++ === place ? { ...usage, ...more } : usage))
}

function mapUsages(answer: unknown, change: (usage: object) => object): unknown {
  if (typeof answer !== 'string') return mapValue(answer, change)
  // A stream: lines of JSON, or events.
  return answer
    .split('\n')
    .map((line) => {
      const start = line.startsWith('data:') ? line.indexOf(':') + 1 : 0
      const value = parsed(line.slice(start))
      return value === undefined ? line : line.slice(0, start) + JSON.stringify(mapValue(value, change))
    })
    .join('\n')
}

/** The answer of a model, wherever it stands in a document, with what is added to it. */
function mapAnswer(document: unknown, change: (answer: object) => object): unknown {
  if (typeof document !== 'object' || document === null) return document
  for (const envelope of ['result', 'message', 'response', 'body', 'inlinedResponses']) {
    const inner: unknown = Reflect.get(document, envelope)
    if (Array.isArray(inner)) return { ...document, [envelope]: inner.map((one) => mapAnswer(one, change)) }
    if (typeof inner === 'object' && inner !== null) return { ...document, [envelope]: mapAnswer(inner, change) }
  }
  return change(document)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function mapValue(value: unknown, change: (usage: object) => object): unknown {
  if (Array.isArray(value)) return value.map((one) => mapValue(one, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const isUsage = usageName.test(name) && typeof member === 'object' && member !== null && !Array.isArray(member)
      return [name, isUsage ? change(member) : mapValue(member, change)]
    }),
  )
}

/** Formats of whose answers none has an object of usage here, and why. As of 2026-11-29. */
const withoutUsage: Readonly<Record<string, string>> = {
  ollama: 'its counts stand at the top of the answer, beside times',
  tgi: 'its counts stand in the headers or in details',
  'tgi-root': 'its counts stand in the headers or in details',
  'openai-moderations': 'nothing is counted',
  'openai-videos': 'seconds stand at the top',
  'vertex-predict': 'statistics of each prediction',
  'openai-fine-tuning': 'tokens stand at the top',
  'together-fine-tuning': 'tokens stand at the top',
}

/** Of counts that every message of a stream repeats only the last are read. */
function repeatsItsCounts(format: string): boolean {
  return wireFormatNamed(format)?.streamKeys.running !== undefined
}

describe('a number that nobody knows makes the amount uncertain', () => {
  test('every format takes part', () => {
    const covered = new Set(answers.filter(({ answer }) => usagesIn(answer) > 0).map(({ format }) => format))
    const missing = wireFormats.map(({ name }) => name).filter((name) => !covered.has(name))
    expect(missing).toEqual(wireFormats.map(({ name }) => name).filter((name) => name in withoutUsage))
  })

  const places = answers.flatMap((answer) => {
    const all = Array.from({ length: usagesIn(answer.answer) }, (_, place) => ({ ...answer, place }))
    const isRepeated = typeof answer.answer === 'string' && repeatsItsCounts(answer.format)
    return isRepeated ? all.slice(-1) : all
  })
  test.each(places)('in the usage of $format: $what, $place', async ({ answer, read, place }) => {
    const before = await read(answer)
    await fc.assert(
      fc.asyncProperty(strangeMembers, async (more) => {
        const after = await read(withMore(answer, place, more))
        expect(after.doubts.join()).toContain('it is not known what ')
        if (before.status === 'priced') expect(['partial', 'unpriced']).toContain(after.status)
      }),
      { numRuns: 5 },
    )
  })

  // An answer that is yet to come has no amount.
  const documents = answers.filter(({ answer, what }) => typeof answer === 'object' && !what.endsWith('/queued.json'))
  test.each(documents)('in an object of billing beside it, of $format: $what', async ({ answer, read }) => {
    const before = await read(answer)
    // Where an answer stands within another document, it is the answer that has it.
    const found = mapAnswer(answer, (one) => ({ ...one, billing_details: { zz_units: 3 } }))
    const after = await read(found)
    expect(after.doubts.join()).toContain('billing_details')
    if (before.status === 'priced') expect(['partial', 'unpriced']).toContain(after.status)
  })
})
