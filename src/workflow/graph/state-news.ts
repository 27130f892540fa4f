import { appendedPart, namedReducer, type Reducer } from './reducer.ts'
import type { State } from './state.ts'

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
