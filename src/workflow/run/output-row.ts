import { SygraError } from '../../errors.ts'
import type { FunctionLoader } from '../function-loader.ts'
import type { GraphConfig } from '../graph/graph-config.ts'
import type { OutputField } from '../graph/output-config.ts'
import { historyKey, type State } from '../graph/state.ts'
import type { UserFunction } from '../nodes/node-parts.ts'
import type { Row } from '../sources/source.ts'

/** Makes the row that is written for a record from its state at the end; undefined writes none. */
export type RowMaker = (input: { readonly record: Row; readonly state: State }) => Promise<Row | undefined>

/**
 * How the rows of a task are made: by its generator, by its output map, else the whole state.
 */
export async function createRowMaker(config: GraphConfig, load: FunctionLoader): Promise<RowMaker> {
  const { output_map: map, generator, preserve_fields: preserved = [] } = config.output_config ?? {}
  const generate =
    generator === undefined ? undefined : ((await load(generator, 'output_config.generator')) as UserFunction)
  const fields = await Promise.all(
    Object.entries(map ?? {}).map(async ([name, field]) => ({
      name,
      make: await fieldMaker(name, { field, config, load }),
    })),
  )
  return async ({ record, state }) => {
    const kept = Object.fromEntries(preserved.filter((name) => name in record).map((name) => [name, record[name]]))
    if (generate !== undefined) return rowOf(await generate(state), kept)
    if (map === undefined) return withoutHistory(state)
    const row: Row = kept
    for (const { name, make } of fields) row[name] = await make(state)
    return row
  }
}

async function fieldMaker(
  name: string,
  { field, config, load }: { readonly field: OutputField; readonly config: GraphConfig; readonly load: FunctionLoader },
): Promise<(state: State) => unknown> {
  const { from, transform } = field
  const fixed = from === undefined ? resolveValue(field.value, config) : undefined
  const take = (state: State) => (from === undefined ? fixed : state[from])
  if (transform === undefined) return take
  const change = (await load(transform, `output_config.output_map.${name}.transform`)) as UserFunction
  return (state) => change(take(state), state)
}

/** A text `$a.b.0` stands for what the configuration holds at that path. */
function resolveValue(value: unknown, config: GraphConfig): unknown {
  if (typeof value !== 'string' || !value.startsWith('$')) return value
  let found: unknown = config
  for (const key of value.slice(1).split('.')) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined
  }
  if (found === undefined) throw new SygraError('bad_config', `output_config.output_map: ${value} leads to nothing`)
  return found
}

function withoutHistory({ [historyKey]: _, ...state }: State): Row {
  return state
}

function rowOf(value: unknown, kept: Row): Row | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new SygraError('bad_function', `an output generator must give an object, not ${typeof value}`)
  }
  return { ...kept, ...value }
}
