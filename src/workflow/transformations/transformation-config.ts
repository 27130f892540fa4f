import { closest, distance } from 'fastest-levenshtein'
import { z } from 'zod'
import { SygraError } from '../../errors.ts'
import { addFields } from './add-fields.ts'
import { combineRows } from './combine-rows.ts'
import { filterByField } from './filter-rows.ts'
import { toTransformation } from './own-transformation.ts'
import { renameFields } from './rename-fields.ts'
import { skipRows } from './skip-rows.ts'
import type { Transformation } from './transformation.ts'

/** One entry of `transformations` in a data source's configuration. */
export const transformationSchema = z.strictObject({
  transform: z
    .string()
    .min(1)
    .describe(
      'rename, combine, skip, add or filter, the Python class of it, or a function of your own: ./file.ts#export',
    ),
  params: z.record(z.string(), z.unknown()).optional().describe('parameters of the transformation'),
})

/** One entry of `transformations`, as configured. */
export type TransformationConfig = z.infer<typeof transformationSchema>

/** Loads what `./file.ts#export` names. */
export type LoadReference = (reference: string) => Promise<unknown>

const count = z.number().int().nonnegative()

const skipParameters = z
  .strictObject({
    skip_type: z.enum(['range', 'count']).optional(),
    range: z.string().optional(),
    count: z
      .strictObject({ from_start: count.optional(), from_begin: count.optional(), from_end: count.optional() })
      .optional(),
  })
  .transform(({ range, count: at }) => ({ range, fromStart: at?.from_start ?? at?.from_begin, fromEnd: at?.from_end }))

const combineParameters = z
  .strictObject({
    combine: count,
    shift: z.number().int().positive().optional(),
    skip: z.strictObject({ from_beginning: count.optional(), from_end: count.optional() }).optional(),
    join_column: z.record(z.string(), z.string()),
  })
  .transform(({ combine, shift, skip, join_column }) => ({
    combine,
    shift,
    skip: { fromBeginning: skip?.from_beginning, fromEnd: skip?.from_end },
    joinColumn: join_column,
  }))

const renameParameters = z.strictObject({
  mapping: z.record(z.string(), z.string()),
  overwrite: z.boolean().optional(),
})
const addParameters = z.strictObject({ mapping: z.record(z.string(), z.unknown()) })

const filterParameters = z
  .strictObject({
    field: z.string(),
    equals: z.unknown().optional(),
    not_equals: z.unknown().optional(),
    in: z.array(z.unknown()).optional(),
    matches: z.string().optional(),
    present: z.boolean().optional(),
  })
  .transform(({ not_equals, ...rest }) => (not_equals === undefined ? rest : { ...rest, notEquals: not_equals }))

type Build = (parameters: unknown) => Transformation

const builders: Readonly<Record<string, Build>> = {
  rename: (parameters) => renameFields(renameParameters.parse(parameters)),
  combine: (parameters) => combineRows(combineParameters.parse(parameters)),
  skip: (parameters) => skipRows(skipParameters.parse(parameters)),
  add: (parameters) => addFields(addParameters.parse(parameters)),
  filter: (parameters) => filterByField(filterParameters.parse(parameters)),
}

const pythonNames: Readonly<Record<string, string>> = {
  RenameFieldsTransform: 'rename',
  rename_fields: 'rename',
  CombineRecords: 'combine',
  combine_records: 'combine',
  SkipRecords: 'skip',
  skip_records: 'skip',
  AddNewFieldTransform: 'add',
  add_new_field: 'add',
}

/** Makes the transformation that a configuration names; one's own is loaded when the rows are first read. */
export async function transformationFrom(
  { transform, params = {} }: TransformationConfig,
  load?: LoadReference,
): Promise<Transformation> {
  if (transform.includes('#') || transform.startsWith('.')) {
    if (load === undefined)
      throw new SygraError('bad_function', `transformation "${transform}": a function reference cannot be loaded here`)
    return toTransformation(await load(transform), params, transform)
  }
  const lastName = transform.split('.').at(-1) ?? transform
  const name = pythonNames[lastName] ?? lastName
  const build = Object.hasOwn(builders, name) ? builders[name] : undefined
  if (build === undefined) throw unknownTransformation(transform, lastName)
  return withPlace(transform, () => build(params))
}

function unknownTransformation(transform: string, lastName: string): SygraError {
  const known = [...Object.keys(builders), ...Object.keys(pythonNames)]
  const nearest = closest(lastName, known)
  const hint =
    distance(lastName, nearest) <= 3
      ? `did you mean "${nearest}"?`
      : `use ${Object.keys(builders).join(', ')}, or your own as ./file.ts#export`
  return new SygraError('bad_config', `unknown transformation "${transform}"; ${hint}`)
}

function withPlace(transform: string, build: () => Transformation): Transformation {
  try {
    return build()
  } catch (error) {
    if (error instanceof z.ZodError) {
      const [issue] = error.issues
      const at = ['params', ...(issue?.path ?? [])].join('.')
      throw new SygraError('bad_config', `transformation "${transform}": ${at}: ${issue?.message ?? 'not valid'}`, {
        cause: error,
      })
    }
    if (error instanceof SyntaxError)
      throw new SygraError('bad_config', `transformation "${transform}": ${error.message}`, { cause: error })
    throw error
  }
}
