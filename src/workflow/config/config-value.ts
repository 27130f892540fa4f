import type { ConfigPath } from './config-issue.ts'
import { isPlainMap } from './plain-map.ts'

/** The value at a path; undefined where there is none. */
export function valueIn(root: unknown, path: ConfigPath): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = Reflect.get(value, step)
  }
  return value
}

/** A value as an error names it; long texts are cut. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'string') return value === '' ? 'an empty text' : JSON.stringify(cut(value))
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return isPlainMap(value) ? 'a map' : `a ${kindOf(value)}`
  return String(value)
}

/** The name of its class; for what has none, such as what a generator function gives, the kind that the language tells. */
function kindOf(value: object): string {
  const maker: unknown = value.constructor
  const name = typeof maker === 'function' ? maker.name : ''
  return name === '' ? Object.prototype.toString.call(value).slice('[object '.length, -1) : name
}

function cut(text: string): string {
  const most = 60
  return text.length > most ? `${text.slice(0, most)}…` : text
}
