import { SygraError } from '../../../errors.ts'
import type { Source } from '../source.ts'

/** How a source is joined to the primary one. */
export const joinTypes = ['primary', 'sequential', 'random', 'cross', 'column', 'vstack'] as const

/** How a source is joined to the primary one. */
export type JoinType = (typeof joinTypes)[number]

/** One of several sources. */
export interface JoinPart {
  readonly source: Source
  /** Put before its columns: `alias->column`. */
  readonly alias: string
  readonly joinType: JoinType
  /** For `column`: the column of the primary source, without its alias. */
  readonly primaryKey?: string
  /** For `column`: the column of this source. */
  readonly joinKey?: string
}

/** The parts of a join, checked. */
export type JoinPlan =
  | { readonly type: 'vstack'; readonly parts: readonly JoinPart[] }
  | { readonly type: 'join'; readonly primary: JoinPart; readonly others: readonly JoinPart[] }

/** Checks that parts fit together; throws `bad_config` when they do not. */
export function planJoin(parts: readonly JoinPart[]): JoinPlan {
  const repeated = parts.find(({ alias }, index) => parts.findIndex((part) => part.alias === alias) !== index)
  if (repeated !== undefined) throw bad(`alias "${repeated.alias}" is used twice; give each source its own`)
  if (parts.some(({ joinType }) => joinType === 'vstack')) {
    const other = parts.find(({ joinType }) => joinType !== 'vstack')
    if (other !== undefined)
      throw bad(`join_type vstack is for all sources or none; "${other.alias}" is ${other.joinType}`)
    return { type: 'vstack', parts }
  }
  const [primary, second] = parts.filter(({ joinType }) => joinType === 'primary')
  if (primary === undefined) throw bad('several sources need one with join_type: primary, or vstack for all')
  if (second !== undefined) throw bad(`"${primary.alias}" and "${second.alias}" are both primary; choose one`)
  const others = parts.filter((part) => part !== primary)
  for (const { alias, joinType, primaryKey, joinKey } of others) {
    if (joinType === 'column' && !(primaryKey && joinKey))
      throw bad(`"${alias}" is joined by column and needs primary_key and join_key`)
  }
  return { type: 'join', primary, others }
}

function bad(problem: string): SygraError {
  return new SygraError('bad_config', `data_config.source: ${problem}`)
}
