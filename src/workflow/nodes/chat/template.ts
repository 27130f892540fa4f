import { SygraError } from '../../../errors.ts'
import { didYouMean } from '../../config/nearest-name.ts'
import type { State } from '../../graph/state.ts'

/** A template taken apart: its texts and the variables between them. */
export interface Template {
  /** One more than variables. */
  readonly texts: readonly string[]
  readonly variables: readonly string[]
}

// A name, or names joined by dots or by the arrow of an aliased column. Anything else in braces, JSON above all, is text.
const placeholder = /\{([\p{L}_][\p{L}\p{N}_]*(?:(?:\.|->)[\p{L}\p{N}_]+)*)\}/u

/**
 * Takes a template apart. `{name}` is a variable; `{{` and `}}` are braces. A brace that opened singly is closed by one `}`,
 * so unescaped JSON such as `{"a": {"b": 1}}` stays as it is.
 */
export function parseTemplate(template: string): Template {
  const texts: string[] = []
  const variables: string[] = []
  const opened: ('single' | 'double')[] = []
  const placeholders = new RegExp(placeholder, 'uy')
  const braces = /[{}]/g
  let text = ''
  for (let at = 0; at < template.length; ) {
    const next = positionOf(braces, template, at) ?? template.length
    text += template.slice(at, next)
    at = next
    if (at === template.length) break
    placeholders.lastIndex = at
    const variable = placeholders.exec(template)?.[1]
    if (variable !== undefined) {
      texts.push(text)
      variables.push(variable)
      text = ''
      at += variable.length + 2
      continue
    }
    const brace = template.charAt(at)
    const isDoubled = template.charAt(at + 1) === brace && !(brace === '}' && opened.at(-1) === 'single')
    if (brace === '{') opened.push(isDoubled ? 'double' : 'single')
    else opened.pop()
    text += brace
    at += isDoubled ? 2 : 1
  }
  return { texts: [...texts, text], variables }
}

/** The variables of a template, each once, in order. */
export function variablesOf(template: string): readonly string[] {
  return [...new Set(parseTemplate(template).variables)]
}

/**
 * Fills a template. Texts stand as they are, everything else as JSON.
 *
 * @throws SygraError `unknown_variable` when the state does not have a variable.
 */
export function fillTemplate(template: string | Template, state: Readonly<State>): string {
  return fillWith(template, (name) => textOf(variableIn(state, name)))
}

/** As `fillTemplate`; a variable that the state does not have stays as its name in braces. */
export function fillKnown(template: string, state: Readonly<State>): string {
  return fillWith(template, (name) => {
    try {
      return textOf(variableIn(state, name))
    } catch {
      return `{${name}}`
    }
  })
}

function fillWith(template: string | Template, fill: (name: string) => string): string {
  const { texts, variables } = typeof template === 'string' ? parseTemplate(template) : template
  let filled = texts[0] ?? ''
  for (let index = 0; index < variables.length; index += 1) {
    filled += fill(variables[index] ?? '') + (texts[index + 1] ?? '')
  }
  return filled
}

/** The value of a variable: the key of that name, else, for a name with dots, what it leads to. */
export function variableIn(state: Readonly<State>, name: string): unknown {
  if (Object.hasOwn(state, name) && state[name] !== undefined) return state[name]
  let value: unknown = state
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) throw missing(name, state)
    value = Reflect.get(value, part)
  }
  if (value === undefined) throw missing(name, state)
  return value
}

function positionOf(pattern: RegExp, text: string, from: number): number | undefined {
  pattern.lastIndex = from
  return pattern.exec(text)?.index
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Date) return value.toISOString()
  return (
    JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ??
    String(value)
  )
}

function missing(name: string, state: Readonly<State>): SygraError {
  if (Object.hasOwn(state, name)) {
    return new SygraError(
      'unknown_variable',
      `the state has no "${name}" for {${name}}: the key is there, without a value`,
    )
  }
  const known = Object.keys(state)
  const hint = didYouMean(name, known) || `; it has ${known.length > 0 ? known.join(', ') : 'no keys'}`
  return new SygraError('unknown_variable', `the state has no "${name}" for {${name}}${hint}`)
}
