import { messageOf, SygraError } from '../../errors.ts'
import { canonicalJson } from '../sources/records/canonical-json.ts'
import type { Row } from '../sources/source.ts'
import type { Transformation } from './transformation.ts'

/** Keeps the rows that a function says yes to. */
export function filterRows(keep: (row: Row) => boolean | Promise<boolean>): Transformation {
  return {
    name: 'filter',
    async *apply(rows) {
      for await (const row of rows) if (await keep(row)) yield row
    },
  }
}

/** A condition on one column; all parts given must hold. */
export interface FilterOptions {
  readonly field: string
  /** The value equals this one, objects by their content. */
  readonly equals?: unknown
  readonly notEquals?: unknown
  /** The value is one of these. */
  readonly in?: readonly unknown[]
  /** The value is text in which this regular expression is found. */
  readonly matches?: string
  /** True: the value is there, not null and not empty text. False: the opposite. */
  readonly present?: boolean
}

/** Keeps the rows whose column meets a condition. */
export function filterByField({ field, ...condition }: FilterOptions): Transformation {
  const pattern = condition.matches === undefined ? undefined : patternOf(condition.matches)
  const { apply } = filterRows((row) => {
    const value = row[field]
    if ('equals' in condition && !isEqual(value, condition.equals)) return false
    if ('notEquals' in condition && isEqual(value, condition.notEquals)) return false
    if (condition.in !== undefined && !condition.in.some((item) => isEqual(value, item))) return false
    if (pattern !== undefined && !(typeof value === 'string' && pattern.test(value))) return false
    return condition.present === undefined || isPresent(value) === condition.present
  })
  return { name: 'filter', apply, isPure: true }
}

function isEqual(left: unknown, right: unknown): boolean {
  return left === right || (left !== undefined && canonicalJson(left) === canonicalJson(right))
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, 'u')
  } catch (error) {
    throw new SygraError('bad_config', `filter: "${text}" is not a regular expression (${messageOf(error)})`, {
      cause: error,
    })
  }
}
