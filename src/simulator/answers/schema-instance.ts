import { integerBetween, oneOf, type Random } from '../../seeded-random.ts'
import { numberFor } from './schema-number.ts'
import { stringFor } from './schema-string.ts'

/**
 * A value that is valid under a JSON Schema: objects, arrays, tuples, enums, constants, strings with formats, patterns and
 * lengths, numbers with bounds, unions, `allOf` and references, recursive ones too. `not`, `if`, `contains` and the
 * dependent keywords are not looked at.
 */
export function instanceOf({ schema, topics, random }: InstanceRequest): unknown {
  return valueFor(schema, { root: schema, topics, random, depth: 0, name: 'answer', budget: { values: 10_000 } })
}

interface InstanceRequest {
  readonly schema: unknown
  /** Words for the texts. */
  readonly topics: readonly string[]
  readonly random: Random
}

interface Place {
  readonly root: unknown
  readonly topics: readonly string[]
  readonly random: Random
  readonly depth: number
  /** Name of the property that the value is for. */
  readonly name: string
  /** How many values may still be made: a schema that requires itself twice doubles at each depth. */
  readonly budget: { values: number }
}

type Schema = Readonly<Record<string, unknown>>

// Beyond the first depth only what a schema requires is written; beyond the second even that is not, for no finite value
// can satisfy a schema that requires itself.
const spareDepth = 5
const lastDepth = 60

function valueFor(written: unknown, place: Place): unknown {
  if (!isSchema(written)) return written === false ? null : stringFor({}, place)
  if (place.depth > lastDepth || place.budget.values-- <= 0) return null
  const schema = withoutIndirection(written, place)
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return oneOf<unknown>(schema.enum, place.random)
  const type = typeOf(schema, place)
  switch (type) {
    case 'object':
      return objectFor(schema, place)
    case 'array':
      return arrayFor(schema, place)
    case 'integer':
    case 'number':
      return numberFor(schema, { isInteger: type === 'integer', random: place.random })
    case 'boolean':
      return place.random() < 0.5
    case 'null':
      return null
    default:
      return stringFor(schema, place)
  }
}

/** The schema with references followed, `allOf` merged in and one branch of each union chosen. */
function withoutIndirection(written: Schema, place: Place): Schema {
  let schema = written
  for (let step = 0; step < lastDepth; step++) {
    const { $ref, allOf, anyOf, oneOf: branches, ...rest } = schema
    const union = Array.isArray(anyOf) ? anyOf : branches
    if (typeof $ref === 'string')
      schema = merge(referenced($ref, place.root), { ...rest, ...pick({ allOf, anyOf, oneOf: branches }) })
    else if (Array.isArray(allOf))
      schema = merge(allOf.filter(isSchema).reduce(merge, {}), { ...rest, ...pick({ anyOf, oneOf: branches }) })
    else if (Array.isArray(union) && union.length > 0) schema = merge(rest, branchOf(union, place))
    else break
  }
  return schema
}

function pick(fields: Schema): Schema {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function merge(first: Schema, second: Schema): Schema {
  const merged: Record<string, unknown> = { ...first, ...second }
  if (isSchema(first.properties) && isSchema(second.properties)) {
    merged.properties = { ...first.properties, ...second.properties }
  }
  if (Array.isArray(first.required) && Array.isArray(second.required)) {
    merged.required = [...first.required, ...second.required]
  }
  return merged
}

function referenced(reference: string, root: unknown): Schema {
  let found: unknown = root
  for (const part of reference.replace(/^#\/?/, '').split('/')) {
    if (part === '') continue
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    found = isSchema(found) ? found[key] : Array.isArray(found) ? found[Number(key)] : undefined
  }
  return isSchema(found) ? found : {}
}

/** Any branch; deep inside a value the simplest one, which ends the recursion of lists and trees. */
function branchOf(branches: readonly unknown[], place: Place): Schema {
  const candidates = branches.filter(isSchema)
  if (candidates.length === 0) return {}
  if (place.depth <= spareDepth) return oneOf(candidates, place.random)
  return candidates.reduce((best, candidate) => (weightOf(candidate) < weightOf(best) ? candidate : best))
}

function weightOf(schema: Schema): number {
  if (schema.type === 'null' || 'const' in schema || Array.isArray(schema.enum)) return 0
  if (typeof schema.type === 'string' && schema.type !== 'object' && schema.type !== 'array') return 1
  if (schema.type === 'array') return 2
  return typeof schema.$ref === 'string' ? 4 : 3
}

function typeOf(schema: Schema, place: Place): unknown {
  if (Array.isArray(schema.type)) {
    const isNullAllowed = schema.type.includes('null')
    return place.depth > spareDepth && isNullAllowed ? 'null' : oneOf<unknown>(schema.type, place.random)
  }
  if (schema.type !== undefined) return schema.type
  if (isSchema(schema.properties) || 'additionalProperties' in schema) return 'object'
  if ('items' in schema || 'prefixItems' in schema) return 'array'
  return 'minimum' in schema || 'maximum' in schema ? 'number' : 'string'
}

function objectFor(schema: Schema, place: Place): Record<string, unknown> {
  const properties = isSchema(schema.properties) ? schema.properties : {}
  const required = new Set(Array.isArray(schema.required) ? schema.required : [])
  const value: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(properties)) {
    if (place.depth > spareDepth && !required.has(name)) continue
    // A plain assignment to __proto__ would not make a property.
    Object.defineProperty(value, name, {
      value: valueFor(property, inside(place, name)),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  const least = Math.max(integer(schema.minProperties) ?? 0, isSchema(schema.additionalProperties) ? 1 : 0)
  for (let attempt = 0; Object.keys(value).length < least && attempt < least * 20; attempt++) {
    const name = isSchema(schema.propertyNames)
      ? String(valueFor(schema.propertyNames, inside(place, 'name')))
      : `${place.topics[attempt % place.topics.length] ?? 'item'}_${attempt}`
    value[name] = valueFor(schema.additionalProperties, inside(place, name))
  }
  return value
}

function arrayFor(schema: Schema, place: Place): unknown[] {
  const items = inside(place, place.name.replace(/s$/, ''))
  const values = Array.isArray(schema.prefixItems) ? schema.prefixItems.map((item) => valueFor(item, items)) : []
  const isOpen = schema.items !== false && (schema.items !== undefined || values.length === 0)
  const least = integer(schema.minItems) ?? (isOpen && place.depth <= spareDepth ? 1 : 0)
  const most = Math.max(
    least,
    Math.min(
      integer(schema.maxItems) ?? Number.POSITIVE_INFINITY,
      least + (isOpen && place.depth <= spareDepth ? 2 : 0),
    ),
  )
  const count = Math.min(integerBetween({ least, most, random: place.random }), integer(schema.maxItems) ?? most)
  const seen = new Set(values.map((value) => JSON.stringify(value)))
  for (let attempt = 0; values.length < count && attempt < count * 20; attempt++) {
    const value = valueFor(schema.items, items)
    const key = JSON.stringify(value)
    if (schema.uniqueItems === true && seen.has(key)) continue
    seen.add(key)
    values.push(value)
  }
  return values
}

function inside(place: Place, name: string): Place {
  return { ...place, depth: place.depth + 1, name }
}

function integer(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
