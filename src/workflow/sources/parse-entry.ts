import type { z } from 'zod'
import { type ConfigOrigin, type ConfigPath, throwIssues } from '../config/config-issue.ts'
import { schemaIssuesOf } from '../config/schema-issues.ts'

/** Where an entry of a configuration stands, for messages. */
export interface EntryPlace {
  readonly path: ConfigPath
  readonly origin?: ConfigOrigin
}

/** Checks one entry of a configuration; throws `bad_config` with a line for each thing that is wrong. */
export function parseEntry<Schema extends z.ZodType>(
  schema: Schema,
  entry: unknown,
  { path, origin }: EntryPlace,
): z.output<Schema> {
  const parsed = schema.safeParse(entry)
  if (parsed.success) return parsed.data
  const issues = schemaIssuesOf(parsed.error.issues, entry, origin?.path).map((issue) => ({
    ...issue,
    path: [...path, ...issue.path],
  }))
  throwIssues(issues, origin)
  throw parsed.error
}
