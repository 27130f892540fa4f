import { SygraError } from '../../../errors.ts'
import { precheckRows, scanRows } from '../records/precheck.ts'
import type { BadRecordOptions, Precheck, ReadOptions, Row, Source } from '../source.ts'
import { type JoinPart, type JoinPlan, planJoin } from './join-part.ts'
import { aliased, joinSources } from './join-sources.ts'

/** How sources are joined. */
export interface JoinOptions {
  /** For `random`: the same seed gives the same pairs. Default 0. */
  readonly seed?: number
}

/**
 * Several sources as one. The primary one streams and decides how many records there are; the others are held in memory. With
 * `vstack` all stream, one after the other.
 */
export function joinedSource(parts: readonly JoinPart[], { seed = 0 }: JoinOptions = {}): Source {
  const plan = planJoin(parts)

  async function* rows({ startIndex = 0, ...options }: ReadOptions = {}): AsyncGenerator<Row> {
    let index = 0
    for await (const row of plan.type === 'vstack'
      ? stackSources(plan.parts, options)
      : joinSources({ ...plan, ...options, seed })) {
      if (index >= startIndex) yield row
      index += 1
    }
  }

  return {
    rows,
    describe: () => ({ sourceType: 'multi-source', sourcePath: 'multi-source', sources: parts.map(describePart) }),
    async check(options) {
      return plan.type === 'vstack' ? { columns: await commonColumns(plan.parts, options) } : checkJoin(plan, options)
    },
    async precheck(options = {}) {
      const checks: Precheck[] = []
      for (const { source } of parts)
        checks.push(await source.precheck({ ...options, idColumn: false, startIndex: 0, numRecords: undefined }))
      const badRecords = checks.reduce((sum, seen) => sum + seen.badRecords, 0)
      const isReadable = checks.every(({ rows: seen }) => seen > 0)
      // A stream or a remote source is not read twice for the sake of the ids.
      if (!isReadable) return { rows: 0, badRecords, complete: false }
      const isComplete = checks.every(({ complete }) => complete)
      // Bad records of the parts were reported above; what is new here are the ids of the joined records.
      const joined = await scanRows({
        ...options,
        read: ({ onBadRecord }) => rows({ ...options, onBadRecord, onBad: undefined, isPreview: true }),
        maxRows: isComplete ? undefined : precheckRows,
      })
      return { rows: joined.rows, badRecords: badRecords + joined.badRecords, complete: isComplete && joined.complete }
    },
    count: () => countRows(plan),
  }
}

function describePart({ source, alias, joinType }: JoinPart) {
  const { sources: _, ...description } = source.describe()
  return { ...description, alias, joinType }
}

async function checkJoin(
  { primary, others }: JoinPlan & { type: 'join' },
  options?: BadRecordOptions,
): Promise<{ columns?: string[] }> {
  const checks = new Map<JoinPart, readonly string[] | undefined>()
  for (const part of [primary, ...others]) checks.set(part, (await part.source.check(options)).columns)
  for (const part of others) {
    if (part.joinType !== 'column') continue
    requireColumn(primary.alias, checks.get(primary), part.primaryKey)
    requireColumn(part.alias, checks.get(part), part.joinKey)
  }
  const columns: string[] = []
  for (const [{ alias }, names] of checks) {
    if (names === undefined) return {}
    columns.push(...names.map((name) => aliased(alias, name)))
  }
  return { columns }
}

function requireColumn(alias: string, columns: readonly string[] | undefined, column = ''): void {
  if (columns === undefined || columns.includes(column)) return
  throw new SygraError(
    'bad_config',
    `source "${alias}": there is no column "${column}" to join by; it has ${columns.join(', ') || 'none'}`,
  )
}

/** Each join but `column` has a known number of records: as many as the primary source, times those crossed with it. */
async function countRows(plan: JoinPlan): Promise<number | undefined> {
  if (plan.type === 'vstack') return fold(plan.parts, (total, count) => total + count)
  if (plan.others.some(({ joinType }) => joinType === 'column')) return undefined
  return fold(
    [plan.primary, ...plan.others.filter(({ joinType }) => joinType === 'cross')],
    (total, count) => total * count,
  )
}

async function fold(
  parts: readonly JoinPart[],
  combine: (total: number, count: number) => number,
): Promise<number | undefined> {
  const counts: number[] = []
  for (const { source } of parts) {
    const count = await source.count()
    if (count === undefined) return undefined
    counts.push(count)
  }
  return counts.reduce(combine)
}

/** Streams one source after the other, with the columns that all of them have. */
async function* stackSources(parts: readonly JoinPart[], options: ReadOptions): AsyncGenerator<Row> {
  const columns = await commonColumns(parts, options)
  for (const { source } of parts) {
    for await (const row of source.rows(options)) {
      yield columns === undefined
        ? row
        : Object.fromEntries(columns.filter((column) => column in row).map((column) => [column, row[column]]))
    }
  }
}

/** The columns that the first records of all sources have; a source that does not tell its columns does not count. */
async function commonColumns(
  parts: readonly JoinPart[],
  options?: BadRecordOptions,
): Promise<readonly string[] | undefined> {
  let common: readonly string[] | undefined
  for (const { source } of parts) {
    const { columns } = await source.check(options)
    if (columns !== undefined)
      common = common === undefined ? columns : common.filter((column) => columns.includes(column))
  }
  if (common?.length !== 0) return common
  throw new SygraError(
    'bad_config',
    'data_config.source: the sources to stack have no column in common; rename columns with a transformation',
  )
}
