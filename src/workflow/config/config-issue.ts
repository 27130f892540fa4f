import { type ErrorCode, SygraError } from '../../errors.ts'

/** A way into a configuration: keys of maps and indices of lists. */
export type ConfigPath = readonly (string | number)[]

/** One thing that is wrong with a configuration. */
export interface ConfigIssue extends ConfigPlace {
  readonly code: ErrorCode
  /** What was found, what was expected, and what was probably meant. */
  readonly message: string
}

/** What an issue is about: a value, its key, or a piece of text within the value. */
export interface ConfigPlace {
  readonly path: ConfigPath
  readonly at?: 'key' | 'value'
  readonly within?: string
}

export interface Position {
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
}

/** Where a configuration came from, so that errors can say the line. */
export interface ConfigOrigin {
  readonly path: string
  readonly locate: (path: ConfigPath, target?: Omit<ConfigPlace, 'path'>) => Position
}

/**
 * Throws one `SygraError` with a line for each issue, in the order of the file; returns when there are none. Its code is that
 * of the issues, or `bad_config` when they differ.
 */
export function throwIssues(issues: readonly ConfigIssue[], origin?: ConfigOrigin): void {
  const [first] = issues
  if (first === undefined) return
  const lines = origin === undefined ? issues.map(withPath) : inFileOrder(issues, origin)
  const code = issues.every((issue) => issue.code === first.code) ? first.code : 'bad_config'
  throw new SygraError(code, [...new Set(lines)].join('\n'))
}

/** The place as people read it: `file:line:column` where the file is known, else the path through the configuration. */
export function placeText(place: ConfigPlace, origin?: ConfigOrigin): string {
  if (origin === undefined) return pathText(place.path)
  const { line, column } = origin.locate(place.path, place)
  return `${origin.path}:${line}:${column}`
}

function withPath(issue: ConfigIssue): string {
  return issue.path.length === 0 ? issue.message : `${pathText(issue.path)}: ${issue.message}`
}

function inFileOrder(issues: readonly ConfigIssue[], origin: ConfigOrigin): readonly string[] {
  const placed = issues.map((issue) => ({ issue, position: origin.locate(issue.path, issue) }))
  placed.sort((a, b) => a.position.line - b.position.line || a.position.column - b.position.column)
  return placed.map(({ issue, position }) => `${origin.path}:${position.line}:${position.column}: ${issue.message}`)
}

function pathText(path: ConfigPath): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${part}`)).join('')
}
