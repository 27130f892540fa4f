import { SygraError } from '../../errors.ts'
import { modelSetting, modelSettingName } from './environment-file.ts'
import type { ModelEntry, ModelType } from './models-config.ts'
import { serviceOf } from './services.ts'

/** One place where a model is served, and the key for it. */
export interface ModelAddress {
  /** Undefined when the client of the service knows it. */
  readonly url: string | undefined
  readonly token: string | undefined
  /** The variable the key was read from. */
  readonly tokenFrom: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Where a model is served. Several addresses with one key each belong together in their order; one address with several keys
 * is used with each in turn.
 *
 * @throws SygraError `missing_key` or `bad_config`, with the variable to set.
 */
export function addressesOf(name: string, entry: ModelEntry, environment: Environment): readonly ModelAddress[] {
  const urls = urlsOf(name, entry, environment)
  const tokens = tokensOf(name, entry.model_type, environment)
  if (tokens.length <= 1) return urls.map((url) => ({ url, token: tokens[0]?.token, tokenFrom: tokens[0]?.tokenFrom }))
  if (urls.length <= 1) return tokens.map((token) => ({ url: urls[0], ...token }))
  if (urls.length === tokens.length) return tokens.map((token, index) => ({ url: urls[index], ...token }))
  throw new SygraError(
    'bad_config',
    `model "${name}": ${tokens[0]?.tokenFrom} has ${tokens.length} keys for ${urls.length} addresses; give one for all, or one for each`,
  )
}

function urlsOf(name: string, entry: ModelEntry, environment: Environment): readonly (string | undefined)[] {
  const type = entry.model_type
  const service = serviceOf(type)
  const stated =
    listIn(modelSetting(environment, name, 'URL')) ?? (entry.url === undefined ? undefined : [entry.url].flat())
  const usual = service.urlVariables.map((variable) => environment[variable]).find(Boolean)
  const urls = stated ?? (usual === undefined ? undefined : [usual])
  if (urls !== undefined) return urls.map((url) => completed(checkUrl(url, name), type))
  if (service.url !== undefined) return [service.url]
  if (!service.needsUrl) return [undefined]
  const variables = [...service.urlVariables, modelSettingName(name, 'URL')].join(' or ')
  throw new SygraError(
    'missing_key',
    `model "${name}" (${type}) has no address: set ${variables} in the environment or in .env, or "url" in models.yaml`,
  )
}

function checkUrl(url: string, name: string): string {
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url.replace(/\/+$/, '')
  throw new SygraError('bad_config', `model "${name}": "${url}" is no http(s) address`)
}

/** People give the root of a server, or the address of an operation, where its base is meant. */
function completed(url: string, type: ModelType): string {
  const { defaultPath } = serviceOf(type)
  const base = url.replace(/\/(chat\/completions|generate|generate_stream|api\/chat|messages)$/, '')
  return defaultPath !== undefined && new URL(base).pathname === '/' ? `${base}${defaultPath}` : base
}

function tokensOf(name: string, type: ModelType, environment: Environment) {
  for (const key of ['TOKEN', 'AUTH_TOKEN']) {
    const tokens = listIn(modelSetting(environment, name, key))
    if (tokens !== undefined) return tokens.map((token) => ({ token, tokenFrom: modelSettingName(name, key) }))
  }
  const service = serviceOf(type)
  for (const variable of service.keyVariables) {
    const token = environment[variable]
    if (token) return [{ token, tokenFrom: variable }]
  }
  if (!service.needsKey) return []
  throw new SygraError(
    'missing_key',
    `model "${name}" (${type}) has no key: set ${[...service.keyVariables, modelSettingName(name, 'TOKEN')].join(' or ')} in the environment or in .env; to rehearse without one, run with --simulate`,
  )
}

/** The entries of a list with bars; undefined when there is none. */
function listIn(text: string | undefined): readonly string[] | undefined {
  const entries = text?.split('|').flatMap((entry) => entry.trim() || [])
  return entries === undefined || entries.length === 0 ? undefined : entries
}
