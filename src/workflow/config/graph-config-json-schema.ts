import { z } from 'zod'
import { graphConfigSchema } from './graph-config.ts'

/** The JSON Schema of `graph_config.yaml`, for editors; what only TypeScript can give is left out. */
export function graphConfigJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(graphConfigSchema, { io: 'input', unrepresentable: 'any' })
  const { $schema, ...rest } = mapOf(withoutTypescript(schema))
  return { $schema, title: 'graph_config.yaml of a sygra task', ...rest }
}

function withoutTypescript(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isTypescriptOnly(item)).map(withoutTypescript)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([, item]) => !isTypescriptOnly(item))
  const { anyOf, ...rest } = Object.fromEntries(kept.map(([key, item]) => [key, withoutTypescript(item)]))
  if (!Array.isArray(anyOf)) return anyOf === undefined ? rest : { ...rest, anyOf }
  // A choice of one is no choice.
  return anyOf.length === 1 ? { ...mapOf(anyOf[0]), ...rest } : { ...rest, anyOf }
}

function isTypescriptOnly(value: unknown): boolean {
  return mapOf(value).typescriptOnly === true
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
