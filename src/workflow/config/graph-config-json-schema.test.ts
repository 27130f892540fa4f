import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { graphConfigJsonSchema } from './graph-config-json-schema.ts'

const schema = graphConfigJsonSchema()
const text = JSON.stringify(schema)

test('the JSON Schema names itself, and closes the objects that have no other keys', () => {
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    required: ['graph_config'],
    additionalProperties: false,
  })
})

test('a function reference is a text, and what only TypeScript can give is not there', () => {
  expect(text).not.toContain('typescriptOnly')
  expect(text).not.toContain('language_model')
  expect(text).toContain('{"type":"string","pattern":"^[^#]+#[^#]+$","description":"(state) => a key of path_map."}')
})

test('nothing that is not listed is required of a source or an output field', () => {
  expect(text).not.toMatch(/"required":\[[^\]]*"(source|sink|value)"/)
})

describe('an editor that goes by it', () => {
  const byJsonSchema = z.fromJSONSchema(schema)

  test.each(['tasks/examples/code_assistant/graph_config.yaml', 'test/fixtures/tasks/everything.yaml'])(
    'finds nothing wrong with %s',
    (path) => {
      const task: unknown = parse(readFileSync(path, 'utf8'))
      expect(byJsonSchema.safeParse(task)).toEqual({ success: true, data: task })
    },
  )

  test('finds an unknown key', () => {
    const result = byJsonSchema.safeParse({ graph_config: { nodes: {} }, data: 1 })
    expect(result.error?.issues).toMatchObject([{ code: 'unrecognized_keys', keys: ['data'] }])
  })
})
