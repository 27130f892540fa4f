import { throwIssues } from '../graph/config-issue.ts'
import { schemaIssuesOf } from '../graph/schema-issues.ts'
import { modelSetting, modelSettingName } from './environment-file.ts'
import { type ModelEntry, modelEntrySchema } from './models-config.ts'

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
