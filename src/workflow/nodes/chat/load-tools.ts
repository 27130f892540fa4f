import type { JSONSchema7, LanguageModelV3FunctionTool } from '@ai-sdk/provider'
import type { z } from 'zod'
import { SygraError } from '../../../errors.ts'
import { isClass, type ModuleLoader, methodsOf } from '../../module-loader.ts'
import { jsonSchemaOf } from './answer-form.ts'
import type { ToolReference } from './chat-config.ts'
import type { ToolCallContext } from './tool.ts'
import { isZodSchema } from './zod-schema.ts'

/** A tool that is ready to be called. */
export interface LoadedTool {
  readonly name: string
  readonly description: string | undefined
  readonly parameters: z.ZodType
  readonly jsonSchema: JSONSchema7
  readonly execute: (parameters: unknown, call: ToolCallContext) => unknown
}

/**
 * Loads the tools of a node.
 *
 * @throws SygraError `bad_function` for a tool without a schema, for two of one name, for a file without tools.
 */
export async function loadTools(
  references: readonly ToolReference[] = [],
  { modules, where: node }: { readonly modules: ModuleLoader; readonly where: string },
): Promise<readonly LoadedTool[]> {
  const where = `${node}: tools`
  const found = await Promise.all(references.map((reference) => candidatesOf(reference, modules, where)))
  const tools = found.flat().map(({ name, value }) => toolOf(name, value, where))
  const twice = tools.find(({ name }, index) => tools.findIndex((other) => other.name === name) !== index)
  if (twice === undefined) return tools
  throw new SygraError('bad_function', `${where}: two tools are named "${twice.name}"; give one of them another name`)
}

/** Tools as a model is told of them; undefined where there are none, as services refuse an empty list. */
export function describeTools(tools: readonly LoadedTool[]): LanguageModelV3FunctionTool[] | undefined {
  return tools.length > 0 ? tools.map(describeTool) : undefined
}

function describeTool({ name, description, jsonSchema }: LoadedTool): LanguageModelV3FunctionTool {
  return { type: 'function', name, description, inputSchema: jsonSchema }
}

interface Candidate {
  readonly name: string
  readonly value: unknown
}

async function candidatesOf(
  reference: ToolReference,
  modules: ModuleLoader,
  where: string,
): Promise<readonly Candidate[]> {
  if (typeof reference !== 'string') return candidatesIn(nameOf(reference), reference, where)
  const [, name] = reference.split('#')
  if (name !== undefined) return candidatesIn(name, await modules.export(reference, where), where)
  const exported = Object.entries(await modules.all(reference, where))
  // Constants and schemas may stand beside the tools; what can be called is meant to be one.
  const tools = exported.filter(([, value]) => typeof value === 'function' || isCallable(value))
  const found = await Promise.all(tools.map(([key, value]) => candidatesIn(key, value, where)))
  if (found.length > 0) return found.flat()
  throw new SygraError('bad_function', `${where}: ${reference} exports no tools`)
}

/** One tool; or those of a class: what is a tool among its members, static ones or not, or what its `getTools` gives. */
async function candidatesIn(name: string, value: unknown, where: string): Promise<readonly Candidate[]> {
  if (!isClass(value)) return [{ name, value }]
  const find = methodsOf(value)
  const give = find('getTools') ?? find('get_tools')
  const members: readonly (readonly [string, unknown])[] =
    give === undefined
      ? [...Object.entries(value), ...Object.entries(Reflect.construct(value, []))]
      : [await give()].flat().map((tool) => [typeof tool === 'object' && tool !== null ? nameOf(tool) : name, tool])
  const tools = members.filter(([, member]) => isCallable(member))
  if (tools.length > 0) return tools.map(([key, member]) => ({ name: key, value: member }))
  throw new SygraError(
    'bad_function',
    `${where}: class ${name} has no tools; write each as a member: static add = { description, parameters: z.object({ … }), execute }`,
  )
}

function toolOf(exportName: string, value: unknown, where: string): LoadedTool {
  const parameters = isCallable(value) ? schemaIn(value) : undefined
  if (!isCallable(value) || parameters === undefined) throw withoutSchema(exportName, where)
  const name = textIn(value, 'name') ?? exportName
  if (!/^[\w-]{1,64}$/.test(name)) {
    throw new SygraError(
      'bad_function',
      `${where}: a tool is named "${name}"; expected up to 64 letters, digits, "_" and "-"`,
    )
  }
  return {
    name,
    description: textIn(value, 'description'),
    parameters,
    jsonSchema: jsonSchemaOf(parameters, `${where}: tool "${name}"`).jsonSchema,
    execute: executeOf(value),
  }
}

function withoutSchema(name: string, where: string): SygraError {
  return new SygraError(
    'bad_function',
    `${where}: tool "${name}" has no schema, so no model can be told how to call it; ` +
      'export { description, parameters: z.object({ … }), execute: (parameters) => … } with the schema of zod 4',
  )
}

// Tools of the AI SDK name their schema `inputSchema`, those of LangChain `schema`.
function schemaIn(value: object): z.ZodType | undefined {
  return ['parameters', 'inputSchema', 'schema'].map((key) => Reflect.get(value, key)).find(isZodSchema)
}

type Execute = LoadedTool['execute']

function executeOf(value: Callable): Execute {
  return 'execute' in value ? (input, call) => value.execute(input, call) : (input) => value.invoke(input)
}

function textIn(value: object, key: string): string | undefined {
  const text: unknown = Reflect.get(value, key)
  return typeof text === 'string' && text !== '' ? text : undefined
}

/** A tool of this package or of the AI SDK, which is executed, or one of LangChain, which is invoked. */
type Callable = { readonly execute: Execute } | { readonly invoke: (parameters: unknown) => unknown }

function isCallable(value: unknown): value is Callable {
  if (typeof value !== 'object' || value === null) return false
  return ['execute', 'invoke'].some((name) => typeof Reflect.get(value, name) === 'function')
}

function nameOf(value: object): string {
  return textIn(value, 'name') ?? 'unnamed'
}
