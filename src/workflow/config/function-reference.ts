import { z } from 'zod'

// `never[]` lets a function of any parameters be given; who calls it knows what it passes.
export type AnyFunction = (...parameters: never[]) => unknown

/** A class whose method `apply` is the function; one instance is made for a run. */
export type ApplyClass = new () => { apply: AnyFunction }

/** A function of the user: `./file.ts#export`, relative to the task, or from TypeScript the function or class itself. */
export type FunctionReference = string | AnyFunction | ApplyClass

const expectedFunction = 'a function reference, ./file.ts#export'

/** The same where only YAML is read. */
export const functionTextSchema = z
  .string()
  .regex(/^[^#]+#[^#]+$/, { error: expectedFunction })
  .describe('A function: ./file.ts#export, relative to the task.')

const itself = z
  .custom<AnyFunction | ApplyClass>((value) => typeof value === 'function')
  // Only TypeScript can give it, so the JSON Schema leaves it out.
  .meta({ typescriptOnly: true })

export const functionReferenceSchema: z.ZodType<FunctionReference> = z.union([functionTextSchema, itself], {
  error: expectedFunction,
})

/** A class whose methods the place that uses it names. */
export type MethodsClass = new () => object

/** A function of the user, or a class of several methods. */
export const functionOrClassSchema: z.ZodType<FunctionReference | MethodsClass> = z.union(
  [functionTextSchema, itself],
  {
    error: 'a function or class reference, ./file.ts#export',
  },
)
