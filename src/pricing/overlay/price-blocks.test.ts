import { findProvider } from '@pydantic/genai-prices'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { tokenClasses } from '../../metadata/usage.ts'
import { feeRows } from '../table/fee-rows.ts'
import { tierRules } from '../table/tiers.ts'
import { placeRules } from './place-rules.ts'
import { listDate, priceBlocks } from './price-blocks.ts'

const usd = z.number().min(0).max(1000)
const rates = Object.fromEntries(
  tokenClasses.filter((name) => name !== 'reasoning').map((name) => [name, usd.optional()]),
)
const moment = z.string().regex(/^20\d\d-\d\d-\d\d(T\d\d:\d\d)?$/)

const schema = z.strictObject({
  provider: z.string().refine((id) => findProvider({ providerId: id })?.id === id, 'a provider of the table'),
  source: z.string(),
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

test('our own list keeps to its schema: each row is of a known seller', () => {
  for (const block of priceBlocks) {
    const { error } = schema.safeParse(block)
    expect(error?.issues ?? [], block.source).toEqual([])
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

test('each source is a page or a named table, with its day, and none is of a later day than the list', () => {
  for (const { source } of [...priceBlocks, ...placeRules, ...feeRows, ...tierRules]) {
    expect(source).toMatch(/^(?:https:\/\/\S+\.\S+|AWS Price List|Portkey-AI\/models|LiteLLM table)\b/)
    const days = source.match(/20\d\d-\d\d-\d\d/g) ?? []
    expect(days, source).not.toEqual([])
    expect(
      days.filter((day) => day > listDate),
      source,
    ).toEqual([])
  }
})
