import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SygraError } from '../../errors.ts'
import { type ConfigIssue, type ConfigOrigin, throwIssues } from '../config/config-issue.ts'
import { describeValue, valueIn } from '../config/config-value.ts'
import { readYaml } from '../config/read-yaml.ts'
import { schemaIssuesOf } from '../config/schema-issues.ts'
import { modelSetting, modelSettingName } from './environment-file.ts'
import { type ModelEntry, type ModelsFile, modelEntrySchema } from './models-config.ts'

/**
 * The models known to a task: `models.yaml` in its folder, then in the working directory, then the file that
 * `SYGRA_CUSTOM_MODELS_PATH` names. An alias in an earlier one goes before the same alias in a later one. An entry that cannot
 * be used is no matter before it is asked for.
 *
 * @throws SygraError `bad_config` with file, line and column for what is no YAML or no map.
 */
export function loadModels({
  directory,
  environment,
}: {
  directory: string | undefined
  environment: Readonly<Record<string, string | undefined>>
}): ModelsFile {
  const custom = environment.SYGRA_CUSTOM_MODELS_PATH
  if (custom !== undefined && !existsSync(custom)) {
    throw new SygraError('not_found', `SYGRA_CUSTOM_MODELS_PATH names ${custom}, which does not exist`)
  }
  const inTask = directory === undefined ? [] : [join(directory, 'models.yaml')]
  const paths = [...inTask, 'models.yaml', ...(custom === undefined ? [] : [custom])]
  const files = paths.filter((path) => existsSync(path)).map((path) => parseModels(readFileSync(path, 'utf8'), path))
  return Object.assign({}, ...files.reverse())
}

/** Reads the text of a `models.yaml`; each entry is checked by itself. */
export function parseModels(text: string, path: string): ModelsFile {
  const { value, origin } = readYaml(text, path)
  const models = value ?? {}
  if (typeof models !== 'object' || Array.isArray(models)) {
    throw new SygraError(
      'bad_config',
      `${path}: found ${describeValue(models)}; expected a map of models by their alias`,
    )
  }
  return Object.fromEntries(
    Object.entries(models).map(([alias, entry]) => [alias, entryOf(alias, { entry, models, origin })]),
  )
}

interface WrittenEntry {
  readonly entry: unknown
  readonly models: object
  readonly origin: ConfigOrigin
}

function entryOf(alias: string, { entry, models, origin }: WrittenEntry): ModelEntry | SygraError {
  try {
    const type = valueIn(entry, ['model_type'])
    if (typeof type === 'string' && /_proxy$/.test(type)) throwIssues([noProxy(alias, type)], origin)
    const parsed = modelEntrySchema.safeParse(entry)
    if (parsed.success) return parsed.data
    const placed = parsed.error.issues.map((issue) => ({ ...issue, path: [alias, ...issue.path] }))
    throwIssues(schemaIssuesOf(placed, models), origin)
    throw new SygraError('bad_config', parsed.error.message)
  } catch (error) {
    if (error instanceof SygraError) return error
    throw error
  }
}

function noProxy(alias: string, type: string): ConfigIssue {
  const message = `model "${alias}" is behind a proxy of the Python system's makers (${type}), which has no counterpart; name the service itself (anthropic, bedrock, gemini, vertex_ai), or openai_compatible for a gateway of your own`
  return { code: 'bad_config', path: [alias, 'model_type'], message }
}

// Addresses and keys have rules of their own, and what is no text cannot be told from a variable.
const texts = ['model_type', 'model', 'model_serving_name', 'api_version', 'load_balancing', 'ssl_cert'] as const
const numbers = ['timeout', 'retry_attempts', 'max_retries', 'delay'] as const

/**
 * An entry of models.yaml with what the environment says of it: `SYGRA_<ALIAS>_MODEL`, `SYGRA_<ALIAS>_API_VERSION` and so
 * on go before the file.
 *
 * @throws SygraError `bad_config` when a variable has a value that its key cannot have.
 */
export function entryWithEnvironment(
  alias: string,
  entry: ModelEntry,
  environment: Readonly<Record<string, string | undefined>>,
): ModelEntry {
  const found = [
    ...texts.map((key) => [key, modelSetting(environment, alias, key.toUpperCase())] as const),
    ...numbers.map((key) => [key, numberOf(modelSetting(environment, alias, key.toUpperCase()))] as const),
    ['ssl_verify', booleanOf(modelSetting(environment, alias, 'SSL_VERIFY'))] as const,
  ].filter(([, value]) => value !== undefined)
  if (found.length === 0) return entry
  const changed = { ...entry, ...Object.fromEntries(found) }
  const parsed = modelEntrySchema.safeParse(changed)
  if (parsed.success) return parsed.data
  const issues = schemaIssuesOf(parsed.error.issues, changed)
  throwIssues(
    issues.map((issue) => ({ ...issue, path: [modelSettingName(alias, String(issue.path[0]).toUpperCase())] })),
  )
  return entry
}

function numberOf(text: string | undefined): number | string | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  return Number.isNaN(value) ? text : value
}

function booleanOf(text: string | undefined): boolean | string | undefined {
  if (text === undefined) return undefined
  if (/^(1|true|yes)$/i.test(text)) return true
  return /^(0|false|no)$/i.test(text) ? false : text
}
