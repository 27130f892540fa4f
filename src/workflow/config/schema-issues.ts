import { dirname } from 'node:path'
import type { z } from 'zod'
import type { ConfigIssue, ConfigPath } from './config-issue.ts'
import { describeValue, valueIn } from './config-value.ts'
import { didYouMean, oneOf } from './nearest-name.ts'
import { pythonHint } from './python-path.ts'

type SchemaIssue = z.core.$ZodIssue

/**
 * What a schema found wrong with a value, as issues that say what was found and what was expected.
 *
 * @param file where the value was read from: what a Python path is called here is relative to its folder.
 */
export function schemaIssuesOf(issues: readonly SchemaIssue[], root: unknown, file = ''): readonly ConfigIssue[] {
  const found = issues.flatMap((issue) => issuesOf(issue, [], root))
  const told = found.filter((issue) => !isToldAlready(issue, found))
  return told.map((issue) => ({ ...issue, message: issue.message + pythonHintFor(issue, { root, file }) }))
}

/** A key that is missing because it is misspelt is one mistake, and not two. */
function isToldAlready({ path, message }: ConfigIssue, all: readonly ConfigIssue[]): boolean {
  if (!message.startsWith('missing key ')) return false
  const [place, hint] = [path.slice(0, -1).join('\0'), `did you mean "${String(path.at(-1))}"?`]
  return all.some((other) => other.message.endsWith(hint) && other.path.slice(0, -1).join('\0') === place)
}

/** Where a reference to a file was expected, what a dotted path of the Python system is called. */
function pythonHintFor({ path, message }: ConfigIssue, { root, file }: { root: unknown; file: string }): string {
  return message.includes('./file.ts') ? pythonHint(valueIn(root, path), dirname(file)) : ''
}

function issuesOf(issue: SchemaIssue, prefix: ConfigPath, root: unknown): readonly ConfigIssue[] {
  const path = [...prefix, ...issue.path.map(asStep)]
  switch (issue.code) {
    case 'unrecognized_keys': {
      const messages = issue.message.split('\n')
      return issue.keys.map((key, index) => badConfig([...path, key], messages[index] ?? `unknown key "${key}"`, 'key'))
    }
    case 'invalid_union':
      return unionIssuesOf(issue, path, root)
    case 'custom':
      return [badConfig(path, issue.message, issue.params?.at === 'key' ? 'key' : 'value')]
    case 'invalid_key':
      return [badConfig(path, `found the key "${String(path.at(-1))}"; expected ${issue.issues[0]?.message}`, 'key')]
    case 'invalid_value':
      return [notAmong(issue.values.map(String), path, root)]
    default:
      return [mismatch(path, root, expectedBy(issue))]
  }
}

/** A value that fits none of several shapes is judged by the shape it comes nearest to. */
function unionIssuesOf(issue: z.core.$ZodIssueInvalidUnion, path: ConfigPath, root: unknown): readonly ConfigIssue[] {
  if (issue.discriminator !== undefined) return [badDiscriminator(issue, path, root)]
  const shapes = issue.errors.filter((found) => !found.some(isAboutWhole)).sort((a, b) => weight(a) - weight(b))
  const nearest = shapes[0]
  if (nearest === undefined) return [mismatch(path, root, issue.message)]
  return nearest.flatMap((inner) => issuesOf(inner, path, root))
}

function badDiscriminator(issue: z.core.$ZodIssueInvalidUnion, path: ConfigPath, root: unknown): ConfigIssue {
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : []
  const key = String(path.at(-1))
  const found = valueIn(root, path)
  if (key === 'node_type' && typeof found === 'string') {
    const hint = didYouMean(found, options) || `; expected ${oneOf(options)}`
    return { code: 'unknown_node_type', path, message: `unknown node type "${found}"${hint}` }
  }
  return notAmong(options, path, root)
}

function notAmong(options: readonly string[], path: ConfigPath, root: unknown): ConfigIssue {
  const found = valueIn(root, path)
  return mismatch(path, root, oneOf(options), typeof found === 'string' ? didYouMean(found, options) : '')
}

function mismatch(path: ConfigPath, root: unknown, expected: string, hint = ''): ConfigIssue {
  const found = valueIn(root, path)
  if (found === undefined && path.length > 0) {
    return badConfig(path, `missing key "${String(path.at(-1))}"; expected ${expected}`)
  }
  return badConfig(
    path,
    `found ${describeValue(found)}; expected ${expected}${hint || bracesHint(found, expected) || fieldHint(path, found)}`,
  )
}

/** A field of the output is a map, and most of them take a key of the same name. */
function fieldHint(path: ConfigPath, found: unknown): string {
  return path.at(-2) === 'output_map' && typeof found === 'string' && found !== '' ? `, such as {from: ${found}}` : ''
}

/** What YAML makes of a template that is not in quotes: `{text}` is a map with the key `text` and nothing for it. */
function bracesHint(found: unknown, expected: string): string {
  if (!/\btext\b/.test(expected) || typeof found !== 'object' || found === null || Array.isArray(found)) return ''
  const entries = Object.entries(found)
  const [name, value] = entries[0] ?? []
  if (name === undefined || value !== null || entries.length > 1) return ''
  return `; YAML reads braces as a map: for a template write it in quotes, "{${name}}"`
}

function badConfig(path: ConfigPath, message: string, place: 'key' | 'value' = 'value'): ConfigIssue {
  return { code: 'bad_config', path, at: place, message }
}

/** True when an issue says that the value is something else altogether, not that a part of it is wrong. */
function isAboutWhole(issue: SchemaIssue): boolean {
  return issue.path.length === 0 && issue.code !== 'unrecognized_keys'
}

function weight(issues: readonly SchemaIssue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0)
}

function asStep(step: PropertyKey): string | number {
  return typeof step === 'symbol' ? String(step) : step
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
}

function expectedBy(
  issue: Exclude<
    SchemaIssue,
    { code: 'unrecognized_keys' | 'invalid_union' | 'custom' | 'invalid_key' | 'invalid_value' }
  >,
): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeNames[issue.expected] ?? issue.expected
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `${issue.minimum} or more`
        : `at least ${issue.minimum} ${issue.origin === 'string' ? 'character' : 'entry'}`
    case 'too_big':
      return `${issue.maximum} or less`
    default:
      return issue.message
  }
}
