import type { z } from 'zod'
import type { AnswerSchema, StructuredOutputConfig } from '../config/model-block.ts'

/** What answers must look like: a zod schema, fields, or `./file.ts#export`. */
export type SchemaChoice = z.ZodType | AnswerSchema

/** How answers are made to fit their schema. */
export interface StructuredOutputOptions {
  /** For models without a native mode: tell them the schema (default), or only read it from the answer. */
  readonly fallbackStrategy?: 'instruction' | 'post_process'
  /** Asks again when the answer does not fit; true by default. */
  readonly retryOnParseError?: boolean
  /** How often to ask again; 2 by default. Each time costs a request. */
  readonly maxParseRetries?: number
}

/** The `structured_output` block of a model. */
export function structuredOutputOf(
  schema: SchemaChoice,
  { fallbackStrategy, retryOnParseError, maxParseRetries }: StructuredOutputOptions = {},
): StructuredOutputConfig {
  return {
    schema,
    ...(fallbackStrategy === undefined ? {} : { fallback_strategy: fallbackStrategy }),
    ...(retryOnParseError === undefined ? {} : { retry_on_parse_error: retryOnParseError }),
    ...(maxParseRetries === undefined ? {} : { max_parse_retries: maxParseRetries }),
  }
}
