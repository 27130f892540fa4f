import { z } from 'zod'
import { closedObject } from './closed-object.ts'
import { fieldTypeNames, schemaOfFieldType } from './field-type.ts'

const number = z.number().optional()
const length = z.int().min(0).optional()

/** A field that every output row must have, and what its value must be like. */
export const fieldRuleSchema = closedObject({
  name: z.string().min(1),
  type: z
    .string()
    .refine((type) => schemaOfFieldType(type) !== undefined, { error: (issue) => unknownType(issue.input) })
    .describe(`One of ${fieldTypeNames}.`),
  optional: z.boolean().optional().describe('Whether a row may lack it; false by default.'),
  is_greater_than: number.describe('Numbers: above it.'),
  is_less_than: number.describe('Numbers: below it.'),
  is_equal_to: z.unknown().optional().describe('The only value allowed.'),
  is_one_of: z.array(z.unknown()).min(1).optional().describe('The values allowed.'),
  min_length: length.describe('Texts and lists: at least so long.'),
  max_length: length.describe('Texts and lists: at most so long.'),
  matches: z.string().refine(isPattern, { error: 'a regular expression' }).optional().describe('Texts: a pattern.'),
})

export type FieldRule = z.infer<typeof fieldRuleSchema>

/** The schema of a field with its rules. */
export function schemaOfRule(rule: FieldRule): z.ZodType {
  const type = schemaOfFieldType(rule.type) ?? z.unknown()
  const checks = checksOf(rule)
  const schema = type.superRefine((value, context) => {
    for (const { isMet, expected } of checks) if (!isMet(value)) context.addIssue(`expected ${expected}`)
  })
  return rule.optional ? schema.optional() : schema
}

interface Check {
  readonly expected: string
  readonly isMet: (value: unknown) => boolean
}

function checksOf(rule: FieldRule): readonly Check[] {
  const { is_greater_than: above, is_less_than: below, min_length: shortest, max_length: longest } = rule
  const { is_equal_to: only, is_one_of: allowed, matches } = rule
  const checks: (Check | undefined)[] = [
    above === undefined ? undefined : { expected: `more than ${above}`, isMet: (value) => Number(value) > above },
    below === undefined ? undefined : { expected: `less than ${below}`, isMet: (value) => Number(value) < below },
    only === undefined ? undefined : { expected: JSON.stringify(only), isMet: (value) => isSame(value, only) },
    allowed === undefined
      ? undefined
      : {
          expected: `one of ${JSON.stringify(allowed)}`,
          isMet: (value) => allowed.some((each) => isSame(value, each)),
        },
    shortest === undefined
      ? undefined
      : { expected: `a length of ${shortest} or more`, isMet: (value) => lengthOf(value) >= shortest },
    longest === undefined
      ? undefined
      : { expected: `a length of ${longest} or less`, isMet: (value) => lengthOf(value) <= longest },
    matches === undefined
      ? undefined
      : { expected: `a text that matches ${matches}`, isMet: (value) => new RegExp(matches, 'u').test(String(value)) },
  ]
  return checks.filter((check) => check !== undefined)
}

function isSame(value: unknown, wanted: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(wanted)
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : Number.NaN
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') !== undefined
  } catch {
    return false
  }
}

function unknownType(found: unknown): string {
  return `unknown type ${JSON.stringify(found)}; expected ${fieldTypeNames}`
}
