import { z } from 'zod'
import { closedObject } from './closed-object.ts'

/** What a type may be, for errors. */
export const fieldTypeNames = 'str, int, float, bool, list, list[…], dict, any, or … | None'

/** How values are taken: `strict` as their type is, `lax` also texts that say a number or a truth. */
type Strictness = 'strict' | 'lax'

/**
 * The schema of a type as Python's type hints are written: `str`, `int`, `list[dict[str, any]]`, `str | None`, `Optional[str]`;
 * undefined for what is no such type.
 */
export function schemaOfFieldType(text: string, strictness: Strictness = 'strict'): z.ZodType | undefined {
  const schemaOf = (part: string) => schemaOfFieldType(part, strictness)
  const type = text.trim()
  const choices = splitOutside(type, '|')
  if (choices.length > 1) return unionOf(choices.map(schemaOf))
  const [, outer, inner] = /^(\w+)\[(.+)\]$/s.exec(type) ?? []
  if (outer === undefined || inner === undefined) {
    const name = type.toLowerCase()
    return (strictness === 'lax' ? (laxTypes[name] ?? plainTypes[name]) : plainTypes[name])?.()
  }
  switch (outer.toLowerCase()) {
    case 'list':
    case 'array':
    case 'set':
    case 'tuple':
      return arrayOf(schemaOf(inner))
    case 'dict':
    case 'object':
      return recordOf(splitOutside(inner, ',').map(schemaOf))
    case 'optional':
      return unionOf([schemaOf(inner), z.null()])
    default:
      return undefined
  }
}

// Models write numbers as texts, and the Python system takes what says a value of the type for one; values stay as they are.
function wholeNumber(): z.ZodType {
  return z.union([z.int(), z.string().regex(/^\s*[+-]?\d+(?:\.0*)?\s*$/), z.boolean()], {
    error: 'expected a whole number',
  })
}

function decimalNumber(): z.ZodType {
  const isNumber = (text: string) => text.trim() !== '' && !Number.isNaN(Number(text))
  return z.union([z.number(), z.string().refine(isNumber), z.boolean()], { error: 'expected a number' })
}

const yesAndNo = /^(?:0|1|t|f|true|false|y|n|yes|no|on|off)$/i

function yesOrNo(): z.ZodType {
  return z.union([z.boolean(), z.literal([0, 1]), z.string().regex(yesAndNo)], { error: 'expected true or false' })
}

const laxTypes: Readonly<Record<string, () => z.ZodType>> = {
  int: wholeNumber,
  integer: wholeNumber,
  float: decimalNumber,
  number: decimalNumber,
  bool: yesOrNo,
  boolean: yesOrNo,
}

const plainTypes: Readonly<Record<string, () => z.ZodType>> = {
  str: () => z.string(),
  string: () => z.string(),
  int: () => z.int(),
  integer: () => z.int(),
  float: () => z.number(),
  number: () => z.number(),
  bool: () => z.boolean(),
  boolean: () => z.boolean(),
  list: () => z.array(z.unknown()),
  array: () => z.array(z.unknown()),
  dict: () => z.record(z.string(), z.unknown()),
  object: () => z.record(z.string(), z.unknown()),
  any: () => z.unknown(),
  set: () => z.array(z.unknown()),
  tuple: () => z.array(z.unknown()),
  none: () => z.null(),
  nonetype: () => z.null(),
  null: () => z.null(),
}

function arrayOf(item: z.ZodType | undefined): z.ZodType | undefined {
  return item === undefined ? undefined : z.array(item)
}

// The keys of a map in JSON are texts, whatever the type says.
function recordOf([key, value]: readonly (z.ZodType | undefined)[]): z.ZodType | undefined {
  return key === undefined || value === undefined ? undefined : z.record(z.string(), value)
}

function unionOf(choices: readonly (z.ZodType | undefined)[]): z.ZodType | undefined {
  const known = choices.filter((choice) => choice !== undefined)
  return known.length === choices.length ? z.union(known) : undefined
}

/** The parts of a text between separators that stand outside of brackets. */
function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = ['']
  let depth = 0
  for (const character of text) {
    if (character === '[') depth += 1
    if (character === ']') depth -= 1
    if (character === separator && depth === 0) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts
}

const bound = z.union([z.number(), z.string()], { error: 'a number or a text' }).optional()
const length = z.int().min(0).optional()

/** A field that every output row must have, and what its value must be like. */
export const fieldRuleSchema = closedObject({
  name: z.string().min(1),
  type: z
    .string()
    .refine((type) => schemaOfFieldType(type) !== undefined, { error: (issue) => unknownType(issue.input) })
    .describe(`One of ${fieldTypeNames}.`),
  optional: z.boolean().optional().describe('Whether a row may lack it; false by default.'),
  is_greater_than: bound.describe('Above it; a text is compared with a text, such as a date.'),
  is_less_than: bound.describe('Below it.'),
  is_equal_to: z.unknown().optional().describe('The only value allowed.'),
  is_one_of: z.array(z.unknown()).min(1).optional().describe('The values allowed.'),
  min_length: length.describe('Texts and lists: at least so long.'),
  max_length: length.describe('Texts and lists: at most so long.'),
  matches: z.string().refine(isPattern, { error: 'a regular expression' }).optional().describe('Texts: a pattern.'),
})

export type FieldRule = z.infer<typeof fieldRuleSchema>

/** The schema of a field with its rules. */
export function schemaOfRule(rule: FieldRule): z.ZodType {
  const type = schemaOfFieldType(rule.type, 'lax') ?? z.unknown()
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
    above === undefined ? undefined : { expected: `more than ${above}`, isMet: (value) => compare(value, above) > 0 },
    below === undefined ? undefined : { expected: `less than ${below}`, isMet: (value) => compare(value, below) < 0 },
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

/** Below, at or above 0 as the value is; not a number for what cannot be compared. */
function compare(value: unknown, bound: number | string): number {
  if (typeof bound === 'number') return Number(value) - bound
  if (typeof value !== 'string') return Number.NaN
  return value < bound ? -1 : Number(value > bound)
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
