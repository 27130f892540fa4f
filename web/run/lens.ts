import { errorName } from '../../src/report/run/error-name.ts'
import { formatSeconds } from '../../src/report/text/format-values.ts'
import type { RequestFilter } from '../../src/studio/request-filter.ts'
import type { QueryChanges } from '../shell/route.ts'

/** The part of a run that is looked at. It stands in the address, and everything on the page shows this part. */
export type Lens = RequestFilter

/** Changes of the address; what is in it as `undefined` is taken out. */
export type LensChange = Partial<
  Record<'node' | 'model' | 'error' | 'from' | 'to' | 'over' | 'under', string | undefined>
>

export const lensNames = ['node', 'model', 'error', 'from', 'to', 'over', 'under'] as const

export function readLens(query: URLSearchParams): Lens {
  return {
    node: query.get('node') || undefined,
    model: query.get('model') || undefined,
    error: query.get('error') || undefined,
    fromMs: numberOf(query.get('from')),
    toMs: numberOf(query.get('to')),
    overSeconds: numberOf(query.get('over')),
    underSeconds: numberOf(query.get('under')),
  }
}

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

function numberOf(text: string | null): number | undefined {
  const value = text === null || text === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : undefined
}
