import { z } from 'zod'

// `never[]` lets a function of any parameters be given; who calls it knows what it passes.
export type AnyFunction = (...parameters: never[]) => unknown

/** A class whose method `apply` is the function; one instance is made for a run. */
export type ApplyClass = new () => { apply: AnyFunction }

/** A function of the user: `./file.ts#export`, relative to the task, or from TypeScript the function or class itself. */
export type FunctionReference = string | AnyFunction | ApplyClass

const text = z
  .string()
  .regex(/^[^#]+#[^#]+$/, { error: expected })
  .describe('A function: ./file.ts#export, relative to the task.')

const itself = z
  .custom<AnyFunction | ApplyClass>((value) => typeof value === 'function')
  // Only TypeScript can give it, so the JSON Schema leaves it out.
  .meta({ typescriptOnly: true })

export const functionReferenceSchema: z.ZodType<FunctionReference> = z.union([text, itself], {
  error: expected,
})

/** What was expected, and what a path of the Python system, `tasks.demo.task_executor.Name`, is called here. */
function expected({ input }: { readonly input?: unknown }): string {
  const [, file, name] = typeof input === 'string' ? (/^(?:\w+\.)*(\w+)\.(\w+)$/.exec(input) ?? []) : []
  const hint = file === undefined ? '' : `; ported from Python it is ./${file}.ts#${name}`
  return `a function reference, ./file.ts#export${hint}`
}

/** A class whose methods the place that uses it names. */
export type MethodsClass = new () => object

/** A function of the user, or a class of several methods. */
export const functionOrClassSchema: z.ZodType<FunctionReference | MethodsClass> = z.union([text, itself], {
  error: 'a function or class reference, ./file.ts#export',
})
