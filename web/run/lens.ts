import { errorName } from '../../src/report/run/error-meaning.ts'
import { type FilterName, filterNames, type RequestFilter, readFilter } from '../../src/report/run/run-filter.ts'
import { formatSeconds } from '../../src/report/text/format-values.ts'
import type { QueryChanges } from '../shell/route.ts'

/** The part of a run that is looked at. It stands in the address, and everything on the page shows this part. */
export type Lens = RequestFilter

/** Changes of the address; what is in it as `undefined` is taken out. */
export type LensChange = Partial<Record<FilterName, string | undefined>>

export function readLens(query: URLSearchParams): Lens {
  return readFilter((name) => query.get(name))
}

/** What takes all filters off. */
export const openLens: LensChange = Object.fromEntries(filterNames.map((name) => [name, undefined]))

/** The same change for a report, which knows parts of its run by one filter at a time: the first that is set takes off the others. */
export function oneFilter(changes: QueryChanges): QueryChanges {
  const first = filterNames.find((name) => changes[name] !== undefined)
  if (first === undefined) return changes
  // A stretch of time has two ends.
  const kept = pairs.find((pair) => pair.includes(first)) ?? [first]
  const set = Object.fromEntries(kept.map((name) => [name, changes[name]]))
  return { ...changes, ...openLens, ...set }
}

const pairs: readonly (readonly FilterName[])[] = [
  ['from', 'to'],
  ['over', 'under'],
]

/** What a part of the page does when something on it is clicked: look at it, or at all again when it was looked at already. */
export function toggled(lens: Lens, change: { readonly [Name in 'node' | 'model' | 'error']?: string }): LensChange {
  const names = Object.entries(change)
  const isOn = names.every(([name, value]) => Reflect.get(lens, name) === value)
  return Object.fromEntries(names.map(([name, value]) => [name, isOn ? undefined : value]))
}

export interface Chip {
  readonly name: string
  readonly text: string
  /** What takes it off. */
  readonly change: QueryChanges
}

/** The filters of a lens, one by one; times are shown from the beginning of the run. */
export function chipsOf(lens: Lens, originMs: number | undefined): readonly Chip[] {
  const { node, model, error, fromMs, toMs, overSeconds, underSeconds } = lens
  const elapsed = (atMs: number | undefined, otherwise: string) =>
    atMs === undefined ? otherwise : formatSeconds((atMs - (originMs ?? atMs)) / 1000)
  const isSpan = fromMs !== undefined || toMs !== undefined
  const isLong = overSeconds !== undefined || underSeconds !== undefined
  return [
    ...(node === undefined ? [] : [{ name: 'node', text: node, change: { node: undefined } }]),
    ...(model === undefined ? [] : [{ name: 'model', text: model, change: { model: undefined } }]),
    ...(error === undefined ? [] : [{ name: 'error', text: errorName(error), change: { error: undefined } }]),
    ...(isSpan
      ? [
          {
            name: 'time',
            text: `${elapsed(fromMs, 'the beginning')} to ${elapsed(toMs, 'the end')}`,
            change: { from: undefined, to: undefined },
          },
        ]
      : []),
    ...(isLong
      ? [
          {
            name: 'requests of',
            text: `${formatSeconds(overSeconds ?? 0)} to ${formatSeconds(underSeconds)}`,
            change: { over: undefined, under: undefined },
          },
        ]
      : []),
  ]
}
