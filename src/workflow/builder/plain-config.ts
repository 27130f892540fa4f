import { isAbsolute, relative, resolve } from 'node:path'
import { isSecretName, redactText } from '../../runtime/redact.ts'
import type { ConfigIssue, ConfigPath } from '../graph/config-issue.ts'
import { describeValue } from '../graph/config-value.ts'

/** A configuration as YAML can hold it. */
export interface PlainConfig {
  readonly value: unknown
  /** What YAML cannot hold. */
  readonly issues: readonly ConfigIssue[]
  /** Where secrets were, which are not in the value. */
  readonly leftOut: readonly string[]
}

/** Two folders: what was relative to the one is to be relative to the other. */
export interface Move {
  readonly from: string
  readonly to: string
}

/** A configuration with plain values only, without secrets, its relative paths moved to another folder. */
export function plainConfig(config: unknown, move: Move): PlainConfig {
  const issues: ConfigIssue[] = []
  const leftOut: string[] = []

  function plain(value: unknown, path: ConfigPath): unknown {
    if (typeof value === 'string') {
      if (isSecret(value, path)) {
        leftOut.push(path.join('.'))
        return undefined
      }
      return movedPath(value, path, move)
    }
    if (Array.isArray(value)) return value.map((item, index) => plain(item, [...path, index]))
    if (isPlainMap(value)) {
      const entries = Object.entries(value).map(([key, item]) => [key, plain(item, [...path, key])] as const)
      return Object.fromEntries(entries.filter(([, item]) => item !== undefined))
    }
    if (typeof value === 'object' && value !== null && !(value instanceof Date)) issues.push(notPlain(value, path))
    else if (typeof value === 'function') issues.push(notPlain(value, path))
    else return value
    return undefined
  }

  return { value: plain(config, []), issues, leftOut }
}

// Only in maps of free keys is a name a hint: `input_key` and `output_keys` are none.
function isSecret(text: string, path: ConfigPath): boolean {
  const name = String(path.at(-1))
  const isFree = path.some((step) => step === 'parameters' || step === 'headers')
  if (isFree ? isSecretName(name) : name === 'token' && path[0] === 'data_config') return true
  return redactText(text) !== text
}

function movedPath(text: string, path: ConfigPath, { from, to }: Move): string {
  const isPath = path.includes('file_path') ? !isAbsolute(text) || text.startsWith(to) : /^\.\.?\//.test(text)
  if (!isPath || path.includes('prompt')) return text
  const moved = relative(to, resolve(from, text))
  return path.includes('file_path') || moved.startsWith('.') ? moved : `./${moved}`
}

function isPlainMap(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function notPlain(value: object, path: ConfigPath): ConfigIssue {
  const remedy =
    typeof value === 'function'
      ? 'export it from a file and write ./file.ts#export'
      : 'write it as graph_config.yaml would'
  return { code: 'bad_config', path, message: `found ${describeValue(value)}, which YAML cannot hold; ${remedy}` }
}
