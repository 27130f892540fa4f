import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { randomOf } from '../../seeded-random.ts'
import { instanceOf } from './schema-instance.ts'

const instance = (schema: unknown, label = 'test') =>
  instanceOf({ schema, topics: ['queue', 'index'], random: randomOf(label) })

const scalar: fc.Arbitrary<z.ZodType> = fc.oneof(
  fc.constantFrom<z.ZodType>(
    z.string(),
    z.boolean(),
    z.null(),
    z.email(),
    z.uuid(),
    z.url(),
    z.iso.datetime(),
    z.iso.date(),
    z.iso.time(),
    z.ipv4(),
    z.int(),
    z.number(),
    z.literal('x'),
    z.literal([1, 'two', null]),
    z.string().regex(/^[A-Z]{3}-\d{2,4}(-(draft|final))?$/),
    z.number().gt(3).lt(3.5),
    z.int().multipleOf(7).min(100),
    z.number().max(-5),
    z.ulid(),
    z.nanoid(),
  ),
  fc.tuple(fc.integer(), fc.nat(1000)).map(([least, width]) =>
    z
      .int()
      .min(least)
      .max(least + width),
  ),
  fc.tuple(fc.nat(50), fc.nat(50)).map(([least, width]) =>
    z
      .string()
      .min(least)
      .max(least + width),
  ),
  fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }).map((values) => z.enum(values)),
)

const { schema: anySchema } = fc.letrec<{ schema: z.ZodType }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.tuple(tie('schema'), fc.nat(4), fc.nat(4)).map(([item, least, width]) =>
      z
        .array(item)
        .min(least)
        .max(least + width),
    ),
    fc
      .dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie('schema'), { maxKeys: 5, noNullPrototype: true })
      .map((shape) => z.object(shape)),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((options) => z.union(options)),
    tie('schema').map((inner) => z.object({ maybe: inner.optional(), nullable: inner.nullable() })),
    tie('schema').map((inner) => z.record(z.string(), inner)),
    fc.tuple(tie('schema'), tie('schema')).map(([first, second]) => z.tuple([first, second])),
  ),
}))

test('whatever the schema, the instance is valid under it and survives JSON', () => {
  fc.assert(
    fc.property(anySchema, fc.string(), (schema, label) => {
      const value = instance(z.toJSONSchema(schema), label)
      expect(schema.safeParse(JSON.parse(JSON.stringify(value))).error).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})

test('a recursive schema gives a finite instance', () => {
  const tree = z.object({
    name: z.string(),
    get children() {
      return z.array(tree)
    },
    get parent() {
      return tree.nullable()
    },
  })
  for (let label = 0; label < 20; label++) {
    expect(tree.safeParse(instance(z.toJSONSchema(tree), String(label))).error).toBeUndefined()
  }
})

test('references, allOf and types in a list are followed', () => {
  const value = instance({
    $defs: { name: { type: 'string', const: 'Ada' } },
    allOf: [
      { type: 'object', properties: { first: { $ref: '#/$defs/name' } }, required: ['first'] },
      { properties: { second: { type: ['integer'], minimum: 4, maximum: 4 } }, required: ['second'] },
    ],
  })
  expect(value).toEqual({ first: 'Ada', second: 4 })
})

test('a schema that requires itself, or none at all, does not hang', () => {
  expect(instance({ $ref: '#' })).toBeDefined()
  const endless = { type: 'object', properties: { self: { $ref: '#' } }, required: ['self'] }
  expect(JSON.stringify(instance(endless)).length).toBeLessThan(10_000)
  const twice = { properties: { left: { $ref: '#' }, right: { $ref: '#' } }, required: ['left', 'right'] }
  expect(JSON.stringify(instance(twice)).length).toBeLessThan(1_000_000)
  expect(typeof instance(undefined)).toBe('string')
})

test('the same labels give the same instance', () => {
  const schema = z.toJSONSchema(z.object({ a: z.array(z.string()), b: z.number() }))
  expect(instance(schema, 'one')).toEqual(instance(schema, 'one'))
  expect(instance(schema, 'one')).not.toEqual(instance(schema, 'two'))
})

test('an object that cannot have as many members as it asks for has those that there are', () => {
  const schema = {
    type: 'object',
    minProperties: 3,
    propertyNames: { enum: ['only'] },
    additionalProperties: { type: 'integer' },
  }
  expect(Object.keys(Object(instance(schema)))).toEqual(['only'])
})

test('a name after another is found until there are as many as asked for', () => {
  const names = { enum: ['one', 'two', 'three', 'four', 'five', 'six'] }
  const schema = { type: 'object', minProperties: 6, propertyNames: names, additionalProperties: { type: 'integer' } }
  for (const label of ['a', 'b', 'c', 'd', 'e']) {
    expect(Object.keys(Object(instance(schema, label))).sort(), label).toEqual([...names.enum].sort())
  }
})
