import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { modelThat } from '../../../../test/helpers/model-object.ts'
import { runNodes, saidIn } from '../../../../test/helpers/run-nodes.ts'
import type { LlmNodeConfig } from '../llm/llm-config.ts'
import type { StructuredOutputConfig } from './model-block.ts'
import { readJson } from './structured-output.ts'

const schema = z.object({ score: z.int().min(1).max(10), reason: z.string() })
const good = '{"score": 7, "reason": "short"}'

function judge(structured: Partial<StructuredOutputConfig> = {}, rest: Partial<LlmNodeConfig> = {}): LlmNodeConfig {
  return {
    node_type: 'llm',
    model: { name: 'gpt-4o-mini' },
    prompt: [{ system: 'You judge.' }, { user: 'Judge {id}.' }],
    structured_output: { schema, ...structured },
    ...rest,
  }
}

describe('the model is told the schema', () => {
  test('natively, as a strict JSON schema', async () => {
    const { requests, records } = await runNodes({ judge: judge() }, { answer: () => good })
    expect(requests).toHaveLength(1)
    expect(requests[0]?.response_format).toMatchObject({
      type: 'json_schema',
      json_schema: {
        strict: true,
        schema: {
          type: 'object',
          properties: { score: { type: 'integer', minimum: 1, maximum: 10 }, reason: { type: 'string' } },
          required: ['score', 'reason'],
          additionalProperties: false,
        },
      },
    })
    expect(records).toEqual([{ id: 'r1', score: 7, reason: 'short' }])
  })

  test('a schema with optional keys is not strict, because OpenAI would refuse it', async () => {
    const node = judge({ schema: z.object({ score: z.int(), reason: z.string().optional() }) })
    const { requests, records } = await runNodes({ judge: node }, { answer: () => '{"score": 1}' })
    expect(requests[0]?.response_format).toMatchObject({ json_schema: { strict: false } })
    expect(requests[0]).not.toHaveProperty('strictJsonSchema')
    expect(records).toEqual([{ id: 'r1', score: 1 }])
  })

  test('the fields of a YAML task are a schema, under the model too', async () => {
    const fields = {
      score: { type: 'int' as const, description: 'From 1 to 10' },
      tags: { type: 'list[str]' as const },
    }
    const model = { name: 'gpt-4o-mini', structured_output: { schema: { fields } } }
    const node: LlmNodeConfig = { node_type: 'llm', model, prompt: [{ user: 'Judge.' }] }
    const { requests, records } = await runNodes({ judge: node }, { answer: () => '{"score": 3, "tags": ["a"]}' })
    expect(requests[0]?.response_format).toMatchObject({
      json_schema: {
        strict: true,
        schema: { properties: { score: { type: 'integer', description: 'From 1 to 10' } } },
      },
    })
    expect(records).toEqual([{ id: 'r1', score: 3, tags: ['a'] }])
  })

  test('in words when the service has no native mode, from then on', async () => {
    const refusal = {
      error: { message: 'response_format json_schema is not supported', type: 'invalid_request_error' },
    }
    const { model, calls } = modelThat(({ responseFormat }) => {
      if (responseFormat?.type === 'json') return { status: 400, body: JSON.stringify(refusal) }
      return { text: good }
    })
    const node = judge({}, { model: { name: 'own', language_model: model } })
    const { records } = await runNodes({ judge: node }, { rows: [{ id: 'a' }, { id: 'b' }], options: { batchSize: 1 } })
    expect(records.map(({ score }) => score)).toEqual([7, 7])
    expect(calls.map(({ responseFormat }) => responseFormat?.type)).toEqual(['json', undefined, undefined])
    expect(JSON.stringify(calls[1]?.prompt)).toMatch(/fits this JSON Schema.*additionalProperties/)
    expect(calls[1]?.prompt.map(({ role }) => role)).toEqual(['system', 'system', 'user'])
  })

  test('enabled: false asks for no form at all', async () => {
    const node = judge({ enabled: false }, { output_keys: 'text' })
    const { requests, records } = await runNodes({ judge: node }, { answer: () => 'seven' })
    expect(requests[0]?.response_format).toBeUndefined()
    expect(records).toEqual([{ id: 'r1', text: 'seven' }])
  })
})

describe('an answer that does not fit', () => {
  test('is shown to the model with what is wrong, and asked for again', async () => {
    const { requests, records } = await runNodes(
      { judge: judge() },
      { answer: (_request, index) => (index === 0 ? '{"score": 70, "reason": "x"}' : good) },
    )
    expect(records).toMatchObject([{ score: 7 }])
    expect(requests).toHaveLength(2)
    const [, , answered, remark] = requests[1] === undefined ? [] : saidIn(requests[1])
    expect(answered).toBe('assistant: {"score": 70, "reason": "x"}')
    expect(remark).toMatch(/^user: This does not fit: score: .*10/)
  })

  test('fails the record with the reason after two more tries', async () => {
    const { requests, records, failures } = await runNodes({ judge: judge() }, { answer: () => 'seven' })
    expect(records).toEqual([])
    expect(requests).toHaveLength(3)
    expect(failures).toMatchObject([
      {
        recordId: 'r1',
        error: { code: 'model_answer', message: 'the answer does not fit its schema, asked 3 times: it is no JSON' },
      },
    ])
  })

  test.each([
    [{ retry_on_parse_error: false }, 1],
    [{ max_parse_retries: 0 }, 1],
    [{ max_parse_retries: 4 }, 5],
  ])('%j means %i requests', async (settings, count) => {
    const { requests, failures } = await runNodes({ judge: judge(settings) }, { answer: () => '{"score": 1}' })
    expect(requests).toHaveLength(count)
    expect(failures).toHaveLength(1)
  })

  test('says so when it was cut at the token limit', async () => {
    const node = judge({ max_parse_retries: 0 }, { model: { name: 'gpt-4o-mini', parameters: { max_tokens: 4 } } })
    const { failures } = await runNodes({ judge: node }, { answer: () => good })
    expect(failures[0]?.error).toHaveProperty('message', expect.stringContaining('raise max_tokens'))
  })
})

describe('where the answer goes', () => {
  test.each([
    ['score', { score: 7 }],
    [['reason', 'score'], { reason: 'short', score: 7 }],
    ['verdict', { verdict: { score: 7, reason: 'short' } }],
  ])('output_keys %j', async (keys, expected) => {
    const { records } = await runNodes({ judge: judge({}, { output_keys: keys }) }, { answer: () => good })
    expect(records).toEqual([{ id: 'r1', ...expected }])
  })

  test('a post-processor gets it parsed', async () => {
    const node = judge(
      {},
      { post_process: ({ parsed }: { parsed: { score: number } }) => ({ half: parsed.score / 2 }) },
    )
    const { records } = await runNodes({ judge: node }, { answer: () => good })
    expect(records).toEqual([{ id: 'r1', half: 3.5 }])
  })

  test('what the schema makes of it is what is written', async () => {
    const node = judge({ schema: z.object({ score: z.string().transform(Number) }) })
    const { records } = await runNodes({ judge: node }, { answer: () => '{"score": "7"}' })
    expect(records).toEqual([{ id: 'r1', score: 7 }])
  })

  test.each([
    [
      'a key that the schema does not have beside one it has',
      { output_keys: ['score', 'mood'] },
      {},
      /keys of its schema/,
    ],
    ['a schema of a list', {}, { schema: z.array(z.string()) }, /describes array; expected an object/],
    ['a schema of dates', {}, { schema: z.object({ at: z.date() }) }, /cannot be told to a model/],
  ])('refused before the first request: %s', async (_what, rest, structured, message) => {
    await expect(runNodes({ judge: judge(structured, rest) })).rejects.toThrow(message)
  })
})

const { parse } = JSON

test('any JSON is read as it is, also in a fence, and objects between sentences', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      expect(readJson(text)).toEqual({ value: parse(text) })
      expect(readJson(`Here it is:\n\`\`\`json\n${text}\n\`\`\``)).toEqual({ value: parse(text) })
    }),
  )
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const text = JSON.stringify(value)
      expect(readJson(`Sure! ${text} Anything else?`)).toEqual({ value: parse(text) })
    }),
  )
})

test.each([
  ['a comma before a closing bracket', '{"a": [1, 2,], }', { a: [1, 2] }],
  ['a raw line break in a text', '{"a": "one\ntwo"}', { a: 'one\ntwo' }],
  ['a comma and a bracket within a text stay', '{"a": ",]", "b": "\\",}", }', { a: ',]', b: '",}' }],
])('forgiven: %s', (_what, text, value) => {
  expect(readJson(text)).toEqual({ value })
})

test.each(['', 'no JSON at all', '{"a": "cut off', '{"a": [1, 2', '{a: 1}'])('no JSON: %s', (text) => {
  expect(readJson(text)).toBeUndefined()
})
