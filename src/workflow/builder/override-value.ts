import { SygraError } from '../../errors.ts'
import type { ConfigPath } from '../config/config-issue.ts'
import { didYouMean, oneOf } from '../config/nearest-name.ts'

/** Where a value goes: `graph_config.nodes.x.prompt.0.user`, or the same as a list, for names that have dots. */
export type OverridePath = string | ConfigPath

/**
 * A configuration with another value at a path; maps on the way are made where there are none. What it holds there is
 * checked with the rest.
 *
 * @throws SygraError `bad_config` for a node that there is not, or a place in a list beyond its end.
 */
export function overrideValue(config: unknown, path: OverridePath, value: unknown): unknown {
  const steps = typeof path === 'string' ? path.split('.') : path.map(String)
  return replaced(config, steps, { value, way: [] })
}

interface Replacement {
  readonly value: unknown
  /** The steps taken so far. */
  readonly way: readonly string[]
}

function replaced(target: unknown, [step, ...rest]: readonly string[], { value, way }: Replacement): unknown {
  if (step === undefined) return value
  const deeper = { value, way: [...way, step] }
  if (Array.isArray(target)) {
    const items: readonly unknown[] = target
    const index = Number(step)
    if (!Number.isInteger(index) || index < 0 || index > items.length) throw noSuchPlace(deeper.way, items.length)
    return [...items.slice(0, index), replaced(items[index], rest, deeper), ...items.slice(index + 1)]
  }
  const map = isMap(target) ? target : {}
  if (way.join('.') === 'graph_config.nodes' && rest.length > 0 && !Object.hasOwn(map, step)) {
    const names = Object.keys(map)
    throw new SygraError(
      'bad_config',
      `override ${[...way, step, ...rest].join('.')}: there is no node "${step}"; expected ${oneOf(names)}${didYouMean(step, names)}`,
    )
  }
  return { ...map, [step]: replaced(map[step], rest, deeper) }
}

function noSuchPlace(way: readonly string[], length: number): SygraError {
  const expected = length === 0 ? '0' : `a number from 0 to ${length}`
  return new SygraError('bad_config', `override ${way.join('.')}: found "${way.at(-1)}"; expected ${expected}`)
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
