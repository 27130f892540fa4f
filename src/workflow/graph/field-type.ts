import { z } from 'zod'

/** What a type may be, for errors. */
export const fieldTypeNames = 'str, int, float, bool, list, list[…], dict, any, or … | None'

/**
 * The schema of a type as Python's type hints are written: `str`, `int`, `list[dict[str, any]]`, `str | None`, `Optional[str]`;
 * undefined for what is no such type.
 */
export function schemaOfFieldType(text: string): z.ZodType | undefined {
  const type = text.trim()
  const choices = splitOutside(type, '|')
  if (choices.length > 1) return unionOf(choices.map(schemaOfFieldType))
  const [, outer, inner] = /^(\w+)\[(.+)\]$/s.exec(type) ?? []
  if (outer === undefined || inner === undefined) return plainTypes[type.toLowerCase()]?.()
  switch (outer.toLowerCase()) {
    case 'list':
    case 'array':
      return arrayOf(schemaOfFieldType(inner))
    case 'dict':
    case 'object':
      return recordOf(splitOutside(inner, ',').map(schemaOfFieldType))
    case 'optional':
      return unionOf([schemaOfFieldType(inner), z.null()])
    default:
      return undefined
  }
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
  none: () => z.null(),
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
