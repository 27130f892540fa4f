import { SygraError } from '../../errors.ts'
import { isRow, kindOf } from '../sources/records/bad-record.ts'
import type { Row } from '../sources/source.ts'
import type { Transformation } from './transformation.ts'

/** Parameters from the configuration, handed to a transformation of one's own. */
export type TransformationParameters = Readonly<Record<string, unknown>>

/** Makes of one row a row, several, or none (undefined or null). */
export type RowFunction = (row: Row, parameters: TransformationParameters) => RowResult | Promise<RowResult>
type RowResult = Row | readonly Row[] | undefined | null

/** An object that changes row by row. */
export interface RowTransformer {
  readonly name?: string
  transform: RowFunction
}

/** An object that sees all rows; what it gives may be awaited row by row. */
export interface RowsTransformer {
  readonly name?: string
  transformRows(rows: AsyncIterable<Row>, parameters: TransformationParameters): AsyncIterable<Row> | Iterable<Row>
}

/** Whatever can be given as a transformation: one of this package, a function, an object, or a class of such objects. */
export type TransformationLike =
  | Transformation
  | RowFunction
  | RowTransformer
  | RowsTransformer
  | (new () => RowTransformer | RowsTransformer)

/** Makes a transformation of whatever was given; `name` is used where it has none. */
export function toTransformation(
  given: unknown,
  parameters: TransformationParameters = {},
  name = 'transformation',
): Transformation {
  if (typeof given === 'function' && isStaticOnly(given)) {
    const { transform, transformRows } = Object(given)
    const called = given.name || name
    return toTransformation({ name: called, transform, transformRows }, parameters, called)
  }
  if (typeof given === 'function' && isClass(given))
    return toTransformation(Reflect.construct(given, []), parameters, given.name)
  if (typeof given === 'function') {
    return perResult(given.name || name, (row) => Reflect.apply(given, undefined, [row, parameters]))
  }
  if (isRow(given)) {
    const called = typeof given.name === 'string' && given.name !== '' ? given.name : name
    const { apply, transformRows, transform } = given
    if (typeof apply === 'function') {
      const stream = (rows: AsyncIterable<Row>) => checked(Reflect.apply(apply, given, [rows]), called)
      return { name: called, apply: stream, isOneToOne: given.isOneToOne === true, isPure: given.isPure === true }
    }
    if (typeof transformRows === 'function') {
      return { name: called, apply: (rows) => checked(Reflect.apply(transformRows, given, [rows, parameters]), called) }
    }
    if (typeof transform === 'function')
      return perResult(called, (row) => Reflect.apply(transform, given, [row, parameters]))
  }
  throw new SygraError(
    'bad_function',
    `${name}: expected a function (row) => row, or an object with transform(row) or transformRows(rows); found ${kindOf(given)}`,
  )
}

/** True for a class whose methods are static. */
function isStaticOnly(given: object): boolean {
  return (
    !isClass(given) && ['transform', 'transformRows'].some((name) => typeof Reflect.get(given, name) === 'function')
  )
}

function isClass(given: object): boolean {
  const { prototype }: { prototype?: unknown } = 'prototype' in given ? given : {}
  return (
    isRow(prototype) && (typeof prototype.transform === 'function' || typeof prototype.transformRows === 'function')
  )
}

function perResult(name: string, change: (row: Row) => unknown): Transformation {
  return {
    name,
    async *apply(rows) {
      for await (const row of rows) {
        const result = await change(row)
        if (result === undefined || result === null) continue
        if (Array.isArray(result)) yield* result.map((item) => checkRow(item, name))
        else yield checkRow(result, name)
      }
    },
  }
}

async function* checked(rows: unknown, name: string): AsyncGenerator<Row> {
  if (!isIterable(rows))
    throw new SygraError('bad_function', `${name}: expected rows to iterate over, found ${kindOf(rows)}`)
  for await (const row of rows) yield checkRow(row, name)
}

function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  return typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value)
}

function checkRow(value: unknown, name: string): Row {
  if (isRow(value)) return value
  throw new SygraError(
    'bad_function',
    `${name}: expected a row, an object with one value per column; found ${kindOf(value)}`,
  )
}
