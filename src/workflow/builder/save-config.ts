import { mkdir } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { Document } from 'yaml'
import { writeAtomic } from '../../runtime/files/write-atomic.ts'
import { isSecretName, redactText } from '../../runtime/redact.ts'
import { checkGraphConfig } from '../config/check-graph-config.ts'
import { type ConfigIssue, type ConfigPath, throwIssues } from '../config/config-issue.ts'
import { describeValue } from '../config/config-value.ts'
import type { GraphConfig } from '../config/graph-config.ts'
import { isPlainMap } from '../config/plain-map.ts'
import type { DataSink } from '../sinks/data-sink.ts'
import type { SourceChoice } from './source-choice.ts'

/** A configuration to be written, and what is not in it. */
export interface ConfigToSave {
  readonly path: string
  readonly config: GraphConfig
  /** Folder that its relative paths start at. */
  readonly directory: string
  /** In place of its source. */
  readonly source: SourceChoice | undefined
  /** Besides its sinks. */
  readonly sinks: readonly DataSink[]
}

/**
 * Writes a configuration as YAML; its paths are made relative to the new file, its secrets are left out.
 *
 * @throws SygraError `bad_config` with a line for all that YAML cannot hold.
 */
export async function saveConfig({ path, config, directory, source, sinks }: ConfigToSave): Promise<void> {
  const target = resolve(path)
  const moved = { from: resolve(directory), to: dirname(target) }
  const checked = checkGraphConfig(withData(config, { source, sinks }))
  const { value, issues, leftOut } = plainConfig(checked, moved)
  throwIssues(issues)
  const document = new Document(value)
  if (leftOut.length > 0) document.commentBefore = ` Left out, as they are secrets: ${leftOut.join(', ')}`
  await mkdir(dirname(target), { recursive: true })
  await writeAtomic(target, document.toString({ lineWidth: 120 }), { isOfRun: false })
}

function withData(config: GraphConfig, { source, sinks }: Pick<ConfigToSave, 'source' | 'sinks'>): GraphConfig {
  const { source: before, sink, ...rest } = config.data_config ?? {}
  const written = sinks.map(({ path, format, columns }) => ({
    type: format,
    file_path: path,
    alias: typeof columns === 'object' ? columns.alias : undefined,
  }))
  const all = [...[sink ?? []].flat(), ...written]
  const data = {
    ...rest,
    ...(source === undefined && before === undefined
      ? {}
      : { source: source === undefined ? before : entryOf(source) }),
    ...(all.length === 0 ? {} : { sink: all.length === 1 ? all[0] : all }),
  }
  return { ...(Object.keys(data).length === 0 ? {} : { data_config: data }), ...withoutData(config) }
}

function withoutData({ data_config: _, ...config }: GraphConfig): Omit<GraphConfig, 'data_config'> {
  return config
}

/** The entry of a source; what has none is left as it is, to be refused with everything else that YAML cannot hold. */
function entryOf(source: SourceChoice): unknown {
  if (typeof source === 'string') return { type: 'disk', file_path: resolve(source) }
  return Array.isArray(source) ? { type: 'memory', data: source } : source
}

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

function notPlain(value: object, path: ConfigPath): ConfigIssue {
  const remedy =
    typeof value === 'function'
      ? 'export it from a file and write ./file.ts#export'
      : 'write it as graph_config.yaml would'
  return { code: 'bad_config', path, message: `found ${describeValue(value)}, which YAML cannot hold; ${remedy}` }
}
