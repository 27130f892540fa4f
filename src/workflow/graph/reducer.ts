import { SygraError } from '../../errors.ts'
import type { ReducerName } from '../config/graph-properties.ts'
import type { State } from './state.ts'

/** Combines what a state key holds with what a node wrote to it; `current` is undefined before the first write. */
export type Reducer = (current: unknown, written: unknown) => unknown

/**
 * The reducer of that name: `append` joins lists, `merge` joins maps (written keys win), `sum` adds numbers, `last` keeps
 * what was written last, between parallel branches that of the edge declared last.
 */
export function namedReducer(name: ReducerName): Reducer {
  return reducers[name]
}

const reducers: Readonly<Record<ReducerName, Reducer>> = {
  append: (current, written) => [...listOf(current), ...listOf(written)],
  merge: (current, written) => ({ ...mapOf(current), ...mapOf(written) }),
  sum: (current, written) => numberOf(current) + numberOf(written),
  last: (_current, written) => written,
}

/**
 * What a node that gave a list has added to one that is appended to. Of a list that begins with the very maps of the current
 * one that is the rest: its node gave the whole list back. Texts and numbers may repeat, so they are always added.
 */
export function appendedPart(current: unknown, written: unknown): readonly unknown[] {
  const before = listOf(current)
  const given = listOf(written)
  const isWhole = before.every((item, index) => typeof item === 'object' && item === given[index])
  return isWhole ? given.slice(before.length) : given
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

function mapOf(value: unknown): object {
  if (value === undefined || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value
  throw new SygraError(
    'bad_data',
    `the reducer "merge" combines maps; found ${Array.isArray(value) ? 'a list' : typeof value}`,
  )
}

function numberOf(value: unknown): number {
  if (value === undefined || value === null) return 0
  if (typeof value === 'number') return value
  throw new SygraError('bad_data', `the reducer "sum" adds numbers; found ${typeof value}`)
}

type Reducers = ReadonlyMap<string, Reducer>

/**
 * What of an update is news to a state. A node may give back the whole state: what it got and did not change is no news, nor
 * is the old part of a list that is appended to.
 */
export function newsIn(update: Readonly<State>, state: Readonly<State>, reducers: Reducers): Readonly<State> {
  const news: State = {}
  for (const key of Object.keys(update)) {
    const value = update[key]
    const reduce = reducers.get(key)
    // A number that is reduced may well be written again with the same value, a list or a map is only handed on.
    if (Object.is(state[key], value) && (reduce === undefined || typeof value === 'object')) continue
    news[key] = reduce === appendToList ? appendedPart(state[key], value) : value
  }
  return news
}

/** Writes news to a state: keys with a reducer are combined, the others replaced. */
export function writeNews(state: State, news: Readonly<State>, reducers: Reducers): void {
  for (const key of Object.keys(news)) {
    const reduce = reducers.get(key)
    state[key] = reduce === undefined ? news[key] : reduce(state[key], news[key])
  }
}

const appendToList = namedReducer('append')
