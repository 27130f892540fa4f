import { SygraError } from '../../errors.ts'
import { placeText } from '../config/config-issue.ts'
import { describeValue } from '../config/config-value.ts'
import type { OutputField } from '../config/output-config.ts'
import type { WorkflowDefinition } from '../define-workflow.ts'
import { gather } from '../gather.ts'
import { historyKey, type State } from '../graph/state.ts'
import type { FunctionLoader, ModuleLoader } from '../module-loader.ts'
import type { UserFunction } from '../nodes/node-kind.ts'
import type { Row } from '../sources/source.ts'
import { loadGenerator, type OutputGenerator } from './output-generator.ts'
import { resolveReferences } from './resolve-references.ts'
import { createRowCheck } from './row-check.ts'

/** Makes the row that is written for a record from its state at the end; undefined writes none. */
export type RowMaker = (input: {
  readonly record: Row
  /** The id of the record, which is in the state also where the record has no such field. */
  readonly id: string
  readonly state: State
}) => Promise<Row | undefined>

/** What the functions of a task are loaded with. */
export interface OutputLoaders {
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
      return { name, make: await fieldMaker(name, parts) }
    }),
  )
  const check = await createRowCheck(definition, loaders.modules)
  const rowFor = async (record: Row, state: State): Promise<Row | undefined> => {
    const kept = Object.fromEntries(preserved.filter((name) => name in record).map((name) => [name, record[name]]))
    if (made?.makeRow !== undefined) return rowOf(await made.makeRow(withoutHistory(state)), kept)
    if (map === undefined) return withoutHistory(state)
    const row: Row = kept
    for (const { name, make } of fields) row[name] = await make(state)
    return row
  }
  return async ({ record, id, state }) => {
    const row = await rowFor(record, 'id' in record || map !== undefined ? state : withoutGivenId(state, id))
    if (row !== undefined) await check?.(row)
    return row
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
