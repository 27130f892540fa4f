import { dirname } from 'node:path'
import { z } from 'zod'
import { SygraError } from '../../errors.ts'
import { closedObject } from '../config/closed-object.ts'
import { throwIssues } from '../config/config-issue.ts'
import { didYouMean, oneOf } from '../config/nearest-name.ts'
import { hasNoCounterpart, pythonHint, pythonPathOf } from '../config/python-path.ts'
import { type EntryPlace, parseEntry } from '../sources/parse-entry.ts'
import { addFields } from './add-fields.ts'
import { combineRows } from './combine-rows.ts'
import { filterByField } from './filter-rows.ts'
import { toTransformation } from './own-transformation.ts'
import { renameFields } from './rename-fields.ts'
import { skipRows } from './skip-rows.ts'
import type { Transformation } from './transformation.ts'

/** One entry of `transformations` in a data source's configuration. */
export const transformationSchema = closedObject({
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

const skipParameters = closedObject({
  skip_type: z.enum(['range', 'count']).optional(),
  range: z.string().optional(),
  count: z
    .strictObject({ from_start: count.optional(), from_begin: count.optional(), from_end: count.optional() })
    .optional(),
}).transform(({ range, count: at }) => ({ range, fromStart: at?.from_start ?? at?.from_begin, fromEnd: at?.from_end }))

const combineParameters = closedObject({
  combine: count,
  shift: z.number().int().positive().optional(),
  skip: closedObject({ from_beginning: count.optional(), from_end: count.optional() }).optional(),
  join_column: z.record(z.string(), z.string()),
}).transform(({ combine, shift, skip, join_column }) => ({
  combine,
  shift,
  skip: { fromBeginning: skip?.from_beginning, fromEnd: skip?.from_end },
  joinColumn: join_column,
}))

const renameParameters = closedObject({
  mapping: z.record(z.string(), z.string()),
  overwrite: z.boolean().optional(),
})
const addParameters = closedObject({ mapping: z.record(z.string(), z.unknown()) })

const filterParameters = closedObject({
  field: z.string(),
  equals: z.unknown().optional(),
  not_equals: z.unknown().optional(),
  in: z.array(z.unknown()).optional(),
  matches: z.string().optional(),
  present: z.boolean().optional(),
}).transform(({ not_equals, ...rest }) => (not_equals === undefined ? rest : { ...rest, notEquals: not_equals }))

type Build = (parameters: unknown, place: EntryPlace) => Transformation

const builders: Readonly<Record<string, Build>> = {
  rename: (parameters, place) => renameFields(parseEntry(renameParameters, parameters, place)),
  combine: (parameters, place) => combineRows(parseEntry(combineParameters, parameters, place)),
  skip: (parameters, place) => skipRows(parseEntry(skipParameters, parameters, place)),
  add: (parameters, place) => addFields(parseEntry(addParameters, parameters, place)),
  filter: (parameters, place) => filterByField(parseEntry(filterParameters, parameters, place)),
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

/** True for a transformation of this package, by its name here or in the Python system. */
export function isKnownTransformation(transform: string): boolean {
  const name = transform.split('.').at(-1) ?? transform
  return Object.hasOwn(builders, name) || Object.hasOwn(pythonNames, name)
}

/** What a configuration does not say. */
export interface TransformationContext extends Partial<EntryPlace> {
  /** Loads transformations written as `./file.ts#export`. */
  readonly load?: LoadReference
}

/** Makes the transformation that a configuration names; loads one's own. */
export async function transformationFrom(
  { transform, params = {} }: TransformationConfig,
  { load, path = [], origin }: TransformationContext = {},
): Promise<Transformation> {
  if (transform.includes('#') || transform.startsWith('.')) {
    if (load === undefined)
      throw new SygraError('bad_function', `transformation "${transform}": functions cannot be loaded here`)
    return toTransformation(await load(transform), params, transform)
  }
  const lastName = transform.split('.').at(-1) ?? transform
  const name = Object.hasOwn(pythonNames, lastName) ? pythonNames[lastName] : lastName
  const build = name !== undefined && Object.hasOwn(builders, name) ? builders[name] : undefined
  if (build !== undefined) return build(params, { path: [...path, 'params'], origin })
  const hint = hintFor(transform, { lastName, file: origin?.path })
  const message = `unknown transformation "${transform}"; expected ${oneOf(Object.keys(builders))}, or your own as ./file.ts#export${hint}`
  throwIssues([{ code: 'bad_config', path: [...path, 'transform'], message }], origin)
  throw new SygraError('bad_config', message)
}

function hintFor(
  transform: string,
  { lastName, file }: { readonly lastName: string; readonly file: string | undefined },
) {
  const path = pythonPathOf(transform)
  const ported = path === undefined ? '' : pythonHint(transform, dirname(file ?? ''))
  if (path !== undefined && hasNoCounterpart(path)) return ported
  return didYouMean(lastName, [...Object.keys(builders), ...Object.keys(pythonNames)]) || ported
}
