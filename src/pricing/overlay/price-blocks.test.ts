import { findProvider } from '@pydantic/genai-prices'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { tokenClasses } from '../../metadata/usage.ts'
import { placeRules } from './place-rules.ts'
import { listDate, priceBlocks } from './price-blocks.ts'

const usd = z.number().min(0).max(1000)
const rates = Object.fromEntries(
  tokenClasses.filter((name) => name !== 'reasoning').map((name) => [name, usd.optional()]),
)
const moment = z.string().regex(/^20\d\d-\d\d-\d\d(T\d\d:\d\d)?$/)

const schema = z.strictObject({
  provider: z.string().refine((id) => findProvider({ providerId: id })?.id === id, 'a provider of the table'),
  // A page or the sources that agree, and a day.
  source: z.string().regex(/(https:\/\/|AWS Price List).*20\d\d-\d\d-\d\d/),
  rows: z.array(
    z.strictObject({
      model: z
        .string()
        .regex(/^\S+( \S+)*$/)
        .refine((names) => names === names.toLowerCase(), 'lower case'),
      places: z
        .string()
        .regex(/^[a-z0-9-]+(\/[a-z0-9-]+)?( [a-z0-9-]+)*$/)
        .optional(),
      from: moment.optional(),
      until: moment.optional(),
      hours: z
        .string()
        .regex(/^\d\d:\d\d-\d\d:\d\d( \d\d:\d\d-\d\d:\d\d)*( daily)?$/)
        .optional(),
      holidays: z
        .string()
        .regex(/^20\d\d-\d\d-\d\d(\.\.20\d\d-\d\d-\d\d)?( 20\d\d-\d\d-\d\d(\.\.20\d\d-\d\d-\d\d)?)*$/)
        .optional(),
      ...rates,
      long: z.strictObject({ above: z.int().positive(), ...rates }).optional(),
      unpriced: z.string().min(10).optional(),
    }),
  ),
})

test('our own list keeps to its schema: each row is of a known seller, and each block has a source and a day', () => {
  for (const block of priceBlocks) {
    const { error } = schema.safeParse(block)
    expect(error?.issues ?? [], block.source).toEqual([])
    expect(block.source.match(/20\d\d-\d\d-\d\d/g)?.every((day) => day <= listDate)).toBe(true)
  }
})

test('no row is hidden by an earlier one of the same model, place and time', () => {
  const seen = new Set<string>()
  for (const { provider, rows } of priceBlocks) {
    for (const { model, places = '', from, until, hours } of rows) {
      for (const name of model.split(' ')) {
        for (const place of places.split(' ')) {
          const key = [provider, name, place, from, until, hours].join(' ')
          expect(seen.has(key), key).toBe(false)
          seen.add(key)
        }
      }
    }
  }
})

test('each rule for a place names its source and the day', () => {
  for (const { source } of placeRules) expect(source).toMatch(/https:\/\/.*20\d\d-\d\d-\d\d/)
})
