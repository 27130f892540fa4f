import { SygraError } from '../../errors.ts'
import { rememberSecret } from '../../runtime/redact.ts'
import { modelSetting, modelSettingName } from './environment-file.ts'
import type { ModelEntry, ModelType } from './models-config.ts'
import { serviceOf } from './services.ts'

/** One place where a model is served, and the key for it. */
export interface ModelAddress {
  /** Undefined when the client of the service knows it. */
  readonly url: string | undefined
  /** What set it, for errors: a variable, or "url" in models.yaml; undefined where it is the service's own. */
  readonly urlFrom: string | undefined
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
  const [first] = urls
  if (tokens.length <= 1) {
    return urls.map((url) => ({ ...url, token: tokens[0]?.token, tokenFrom: tokens[0]?.tokenFrom }))
  }
  if (urls.length <= 1) return tokens.map((token) => ({ ...(first ?? unknownUrl), ...token }))
  if (urls.length === tokens.length) return tokens.map((token, index) => ({ ...(urls[index] ?? unknownUrl), ...token }))
  throw new SygraError(
    'bad_config',
    `model "${name}": ${tokens[0]?.tokenFrom} has ${tokens.length} keys for ${urls.length} addresses; give one for all, or one for each`,
  )
}

type PlacedUrl = Pick<ModelAddress, 'url' | 'urlFrom'>

const unknownUrl: PlacedUrl = { url: undefined, urlFrom: undefined }

function urlsOf(name: string, entry: ModelEntry, environment: Environment): readonly PlacedUrl[] {
  const type = entry.model_type
  const service = serviceOf(type)
  const stated = statedUrls(name, entry, environment)
  if (stated !== undefined) {
    const { urls, urlFrom } = stated
    return urls.map((url) => ({ url: completed(checkUrl(url, name, urlFrom), type), urlFrom }))
  }
  if (service.url !== undefined) return [{ url: service.url, urlFrom: undefined }]
  if (!service.needsUrl) return [unknownUrl]
  const variables = [...service.urlVariables, modelSettingName(name, 'URL')].join(' or ')
  throw new SygraError(
    'missing_key',
    `model "${name}" (${type}) has no address: set ${variables} in the environment or in .env, or "url" in models.yaml`,
  )
}

function statedUrls(
  name: string,
  entry: ModelEntry,
  environment: Environment,
): { readonly urls: readonly string[]; readonly urlFrom: string } | undefined {
  const own = listIn(modelSetting(environment, name, 'URL'))
  if (own !== undefined) return { urls: own, urlFrom: modelSettingName(name, 'URL') }
  if (entry.url !== undefined) return { urls: [entry.url].flat(), urlFrom: '"url" in models.yaml' }
  const variable = serviceOf(entry.model_type).urlVariables.find((candidate) => Boolean(environment[candidate]))
  const usual = variable === undefined ? undefined : environment[variable]
  return variable === undefined || usual === undefined ? undefined : { urls: [usual], urlFrom: variable }
}

/** The address, if it is one and holds no secret. What it says is not told, as it may be a key; the place where it stands is. */
function checkUrl(text: string, name: string, from: string): string {
  const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) {
    const meant = /^[a-z\d.-]+:\d+(\/[\w./-]*)?$/i.test(text) ? `; did you mean "http://${text}"?` : ''
    throw new SygraError('bad_config', `model "${name}": ${from} is no http(s) address${meant}`)
  }
  const key = modelSettingName(name, 'TOKEN')
  if (url.username !== '' || url.password !== '') {
    throw new SygraError(
      'bad_config',
      `model "${name}": ${from} holds a user or a password; keys do not stand in addresses: set ${key}, or "headers" in models.yaml`,
    )
  }
  if (url.search !== '' || url.hash !== '') {
    const names = [...url.searchParams.keys()].map((parameter) => JSON.stringify(parameter)).join(', ')
    throw new SygraError(
      'bad_config',
      `model "${name}": ${from} has ${names === '' ? 'a part behind "?" or "#"' : `the parameter ${names}`}, which would be lost behind the path; set api_version for a version, ${key} for a key`,
    )
  }
  return text.replace(/\/+$/, '')
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
    for (const token of tokens ?? []) rememberSecret(token)
    const tokenFrom = modelSettingName(name, key)
    if (tokens !== undefined)
      return tokens.map((token) => ({ token: checkKey(token, { name, type, tokenFrom }), tokenFrom }))
  }
  const service = serviceOf(type)
  for (const variable of service.keyVariables) {
    // What was pasted may end in a line end or a blank.
    const token = environment[variable]?.trim()
    rememberSecret(token)
    if (token) return [{ token: checkKey(token, { name, type, tokenFrom: variable }), tokenFrom: variable }]
  }
  if (!service.needsKey) return []
  throw new SygraError(
    'missing_key',
    `model "${name}" (${type}) has no key: set ${[...service.keyVariables, modelSettingName(name, 'TOKEN')].join(' or ')} in the environment or in .env; to rehearse without one, run with \`simulate: true\``,
  )
}

/** The key, if it can be one: every service would refuse it otherwise, or it could not even be sent. It is not told. */
function checkKey(
  token: string,
  { name, type, tokenFrom }: { readonly name: string; readonly type: ModelType; readonly tokenFrom: string },
): string {
  const problem = /^(["'`]).*\1$/.test(token)
    ? 'stands in quotes, which are no part of it'
    : /\s/.test(token)
      ? 'has a blank or a line end within'
      : /[^\x21-\x7e]/.test(token)
        ? 'has a letter that no key has'
        : undefined
  if (problem === undefined) return token
  throw new SygraError('bad_config', `model "${name}" (${type}): the key in ${tokenFrom} ${problem}; copy it again`)
}

/** The entries of a list with bars; undefined when there is none. */
function listIn(text: string | undefined): readonly string[] | undefined {
  const entries = text?.split('|').flatMap((entry) => entry.trim() || [])
  return entries === undefined || entries.length === 0 ? undefined : entries
}
