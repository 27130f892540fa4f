import { z } from 'zod'

// `never[]` lets a function of any parameters be given; who calls it knows what it passes.
export type AnyFunction = (...parameters: never[]) => unknown

/** A function of the user: `./file.ts#export`, relative to the task, or from TypeScript the function itself. */
export type FunctionReference = string | AnyFunction

const text = z
  .string()
  .regex(/^[^#]+#[^#]+$/, { error: 'a function reference, ./file.ts#export' })
  .describe('A function: ./file.ts#export, relative to the task.')

const itself = z
  .custom<AnyFunction>((value) => typeof value === 'function')
  // Only TypeScript can give it, so the JSON Schema leaves it out.
  .meta({ typescriptOnly: true })

export const functionReferenceSchema: z.ZodType<FunctionReference> = z.union([text, itself], {
  error: 'a function reference, ./file.ts#export',
})
