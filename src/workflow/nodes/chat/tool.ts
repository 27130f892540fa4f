import type { z } from 'zod'

/** Something a model may call. */
export interface Tool<Parameters extends z.ZodType = z.ZodType> {
  /** The name the model is told; that of the export when left out. */
  readonly name?: string
  /** Tells the model what it does and when to use it. */
  readonly description?: string
  readonly parameters: Parameters
  /** What it gives is told to the model: a text as it stands, everything else as JSON. What it throws is told as well. */
  readonly execute: (parameters: z.output<Parameters>, call: ToolCallContext) => unknown
}

/** Where a tool is called from. */
export interface ToolCallContext {
  /** The state of the record; not to be changed. */
  readonly state: Readonly<Record<string, unknown>>
  readonly signal?: AbortSignal
}

/** A tool whose function is typed by its parameters. */
export function tool<Parameters extends z.ZodType>(definition: Tool<Parameters>): Tool<Parameters> {
  return definition
}
