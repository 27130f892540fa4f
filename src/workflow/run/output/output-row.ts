import { z } from 'zod'
import { SygraError } from '../../../errors.ts'
import { placeText } from '../../config/config-issue.ts'
import { describeValue, valueIn } from '../../config/config-value.ts'
import { type FieldRule, schemaOfRule } from '../../config/field-type.ts'
import type { FunctionReference, MethodsClass } from '../../config/function-reference.ts'
import type { GraphConfig } from '../../config/graph-config.ts'
import { didYouMean, oneOf } from '../../config/nearest-name.ts'
import type { OutputField } from '../../config/output-config.ts'
import { mapValues } from '../../config/plain-map.ts'
import type { WorkflowDefinition } from '../../define-workflow.ts'
import { gather } from '../../gather.ts'
import { historyKey, type State } from '../../graph/state.ts'
import { type FunctionLoader, isClass, type MethodFinder, type ModuleLoader, methodsOf } from '../../module-loader.ts'
import { isZodSchema, problemsOf } from '../../nodes/chat/zod-schema.ts'
import type { UserFunction } from '../../nodes/node-kind.ts'
import type { Row } from '../../sources/source.ts'
import type { UnsetFields } from './filled-fields.ts'

export interface MadeRow {
  /** Undefined writes none. */
  readonly row: Row | undefined
  readonly unset?: UnsetFields
}

/** Makes the row that is written for a record from its state at the end. */
export type RowMaker = (input: {
  readonly record: Row
  /** The id of the record, which is in the state also where the record has no such field. */
  readonly id: string
  readonly state: State
}) => Promise<MadeRow>

/** What the functions of a task are loaded with. */
interface OutputLoaders {
  readonly load: FunctionLoader
  readonly modules: ModuleLoader
}

/**
 * How the rows of a task are made: by its generator, by its output map, else the whole state. A row that does not fit the
 * schema of the task is an error of its record.
 *
 * @throws SygraError when a function or a reference into the configuration leads to nothing.
 */
export async function createRowMaker(definition: WorkflowDefinition, loaders: OutputLoaders): Promise<RowMaker> {
  const { config, origin } = definition
  const { output_map: map, generator, preserve_fields: preserved = [] } = config.output_config ?? {}
  const place = placeText({ path: ['output_config', 'generator'] }, origin)
  const made =
    generator === undefined ? undefined : await loadGenerator(generator, { modules: loaders.modules, where: place })
  if (made !== undefined && (made.makeRow === undefined) === (map === undefined)) {
    const problem =
      map === undefined
        ? 'a generator without "apply" or "generate" needs an output_map'
        : 'found a generator that makes the rows beside an output_map that makes them too; expected one of the two'
    throw new SygraError('bad_function', `${place}: ${problem}`)
  }
  const fields = await gather(
    Object.entries(map ?? {}).map(async ([name, field]) => {
      const parts = { field, definition, generator: made, load: loaders.load }
      // What makes its value of something else, or of nothing, need not find its key.
      const key = field.transform === undefined ? field.from : undefined
      return { name, key, make: await fieldMaker(name, parts) }
    }),
  )
  const check = await createRowCheck(definition, loaders.modules)
  const rowFor = async (record: Row, state: State): Promise<MadeRow> => {
    const kept = Object.fromEntries(preserved.filter((name) => name in record).map((name) => [name, record[name]]))
    if (made?.makeRow !== undefined) return { row: rowOf(await made.makeRow(withoutHistory(state)), kept) }
    if (map === undefined) return { row: withoutHistory(state) }
    const row: Row = kept
    const unset: Record<string, string> = {}
    for (const { name, key, make } of fields) {
      row[name] = await make(state)
      if (key !== undefined && state[key] === undefined) unset[name] = key
    }
    return { row, unset }
  }
  return async ({ record, id, state }) => {
    const output = await rowFor(record, 'id' in record || map !== undefined ? state : withoutGivenId(state, id))
    if (output.row !== undefined) await check?.(output.row)
    return output
  }
}

interface FieldParts {
  readonly field: OutputField
  readonly definition: WorkflowDefinition
  readonly generator: OutputGenerator | undefined
  readonly load: FunctionLoader
}

async function fieldMaker(
  name: string,
  { field, definition: { config, origin }, generator, load }: FieldParts,
): Promise<(state: State) => unknown> {
  const path = ['output_config', 'output_map', name]
  const { from, transform } = field
  const where = (key: string) => placeText({ path: [...path, key] }, origin)
  const fixed = from === undefined ? resolveReferences(field.value, { config, where: where('value') }) : undefined
  const take = (state: State) => (from === undefined ? fixed : state[from])
  // A field that a record does not have is there all the same, so that every row has the same columns.
  if (transform === undefined) return (state) => take(state) ?? null
  const isMethod = typeof transform === 'string' && !transform.includes('#')
  const change = isMethod
    ? methodOf(transform, generator, where('transform'))
    : ((await load(transform, where('transform'))) as UserFunction)
  return (state) => change(take(state), state)
}

function methodOf(name: string, generator: OutputGenerator | undefined, where: string): UserFunction {
  if (generator !== undefined) return generator.method(name, where)
  throw new SygraError(
    'bad_function',
    `${where}: "${name}" is a method of output_config.generator, and there is none; write ./file.ts#export`,
  )
}

function withoutHistory({ [historyKey]: _, ...state }: State): Row {
  return state
}

// Without an output map a row is what the record had and what nodes wrote.
function withoutGivenId({ id, ...state }: State, given: string): State {
  return id === given || id === undefined ? state : { id, ...state }
}

function rowOf(value: unknown, kept: Row): Row | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object' && !Array.isArray(value)) return { ...kept, ...value }
  throw new SygraError('bad_function', `an output generator gave ${describeValue(value)}; expected a map, or nothing`)
}

// Not every text with a dollar is a reference: "$5" is a price.
const reference = /^\$[A-Za-z_]/

/**
 * A value in which each text `$a.b.0` stands for what the configuration holds at that path, within lists and maps too.
 *
 * @throws SygraError `bad_config` when a reference leads to nothing.
 */
function resolveReferences(
  value: unknown,
  { config, where }: { readonly config: GraphConfig; readonly where: string },
): unknown {
  return mapValues(value, (part) =>
    typeof part === 'string' && reference.test(part) ? valueAt(part, config, where) : part,
  )
}

function valueAt(text: string, config: GraphConfig, where: string): unknown {
  const found = valueIn(config, text.slice(1).split('.'))
  if (found === undefined) {
    throw new SygraError('bad_config', `${where}: ${text} leads to nothing in the configuration of the task`)
  }
  return found
}

/** Throws when a row is not as the task says. */
type RowCheck = (row: Row) => Promise<void>

/**
 * The check of a task's `schema_config`; undefined where it has none. It changes nothing in the rows.
 *
 * @throws SygraError `bad_config` for what is no schema of zod.
 */
async function createRowCheck(
  { config, origin }: WorkflowDefinition,
  modules: ModuleLoader,
): Promise<RowCheck | undefined> {
  if (config.schema_config === undefined) return undefined
  const { schema, fields } = config.schema_config
  const where = placeText({ path: ['schema_config', 'schema'] }, origin)
  const given: unknown = typeof schema === 'string' ? await modules.export(schema, where) : schema
  if (given !== undefined && !isZodSchema(given)) {
    throw new SygraError('bad_config', `${where}: expected a schema of zod 4`)
  }
  const schemas = [given, fields === undefined ? undefined : schemaOfFields(fields)].filter(
    (each) => each !== undefined,
  )
  return async (row) => {
    for (const each of schemas) {
      const result = await each['~standard'].validate(row)
      if (result.issues === undefined) continue
      throw new SygraError('row_rejected', `the output row does not fit schema_config: ${problemsOf(result.issues)}`)
    }
  }
}

function schemaOfFields(fields: readonly FieldRule[]): z.ZodType {
  return z.looseObject(Object.fromEntries(fields.map((field) => [field.name, schemaOfRule(field)])))
}

/** What a task makes its rows with: a function, or a class that makes them or has the methods that the output map names. */
interface OutputGenerator {
  /** Undefined for a class that only has methods. */
  readonly makeRow: UserFunction | undefined
  /**
   * A method of the class.
   *
   * @throws SygraError `bad_function` when it has no method of that name.
   */
  readonly method: (name: string, where: string) => UserFunction
}

/** Loads the generator of a task. */
async function loadGenerator(
  generator: FunctionReference | MethodsClass,
  { modules, where }: { readonly modules: ModuleLoader; readonly where: string },
): Promise<OutputGenerator> {
  const given: unknown = typeof generator === 'string' ? await modules.export(generator, where) : generator
  const label = typeof generator === 'string' ? generator : `the generator ${generator.name}`
  if (typeof given === 'function' && !isClass(given)) {
    const makeRow: UserFunction = (...parameters) => Reflect.apply(given, undefined, parameters)
    return { makeRow, method: (name, place) => noMethods(name, { label, where: place }) }
  }
  if (!isClass(given) && (typeof given !== 'object' || given === null)) {
    throw new SygraError('bad_function', `${where}: ${label} is no function and no class`)
  }
  const find = methodsOf(given)
  return {
    makeRow: (find('apply') ?? find('generate')) as UserFunction | undefined,
    method(name, place) {
      const method = find(name) as UserFunction | undefined
      if (method !== undefined) return method
      const names = methodNamesOf(given, find)
      const known = names.length > 0 ? `; expected ${oneOf(names)}${didYouMean(name, names)}` : '; it has no methods'
      throw new SygraError('bad_function', `${place}: ${label} has no method "${name}"${known}`)
    },
  }
}

function noMethods(name: string, { label, where }: { readonly label: string; readonly where: string }): never {
  throw new SygraError('bad_function', `${where}: ${label} is a function, so it has no method "${name}"; write a class`)
}

function methodNamesOf(given: object, find: MethodFinder): string[] {
  const prototype: unknown = isClass(given) ? given.prototype : Object.getPrototypeOf(given)
  const inherited = typeof prototype === 'object' && prototype !== null ? Object.getOwnPropertyNames(prototype) : []
  return [...new Set([...Object.getOwnPropertyNames(given), ...inherited])].filter((name) => find(name) !== undefined)
}
