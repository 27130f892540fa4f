import { closest, distance } from 'fastest-levenshtein'
import { SygraError } from '../../errors.ts'
import { type PriceBook, withModelPricing } from '../../pricing/index.ts'
import { pricingOfModel } from '../../pricing/parse-prices.ts'
import { modelSetting, modelSettingName } from './environment-file.ts'
import { type ModelEntry, type ModelsFile, type ModelType, modelTypes } from './models-config.ts'
import { type RetrySettings, retrySettingsOf } from './retry-settings.ts'
import { serviceOf } from './services.ts'

/** A model, ready to be called. */
export interface ResolvedModel {
  /** The name the workflow uses; the key under `models` in the metadata. */
  readonly name: string
  readonly type: ModelType
  /** The provider's own name. */
  readonly upstreamModel: string
  readonly urls: readonly string[]
  readonly token: string | undefined
  readonly parameters: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>
  readonly apiVersion: string | undefined
  readonly region: string | undefined
  readonly retries: RetrySettings
  readonly timeoutSeconds: number
  readonly loadBalancing: 'round_robin' | 'least_requests'
  readonly prices: PriceBook | undefined
}

export interface ModelReference {
  readonly name: string
  readonly parameters?: Readonly<Record<string, unknown>>
}

export interface ModelSources {
  readonly models: ModelsFile
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Address of a simulator that answers in place of every service. */
  readonly simulatorUrl?: string
  /** The user's own prices, from a prices file. */
  readonly prices?: PriceBook
}

const defaultTimeoutSeconds = 120

/**
 * Finds a model by the name a workflow gives it: in `models.yaml`, else at OpenAI.
 *
 * @throws SygraError `unknown_model_type`, `missing_key` or `bad_config`, with the place and the remedy.
 */
export function resolveModel(reference: ModelReference, sources: ModelSources): ResolvedModel {
  const entry: ModelEntry = sources.models[reference.name] ?? { model_type: 'openai' }
  const type = modelTypeOf(entry, reference.name)
  return {
    name: reference.name,
    type,
    upstreamModel: entry.model_serving_name ?? entry.model ?? reference.name,
    urls: urlsOf(reference.name, type, entry, sources),
    token: tokenOf(reference.name, type, sources),
    parameters: { ...entry.parameters, ...reference.parameters },
    headers: entry.headers ?? {},
    apiVersion: entry.api_version,
    region: entry.region,
    retries: retrySettingsOf(entry),
    timeoutSeconds: entry.timeout ?? defaultTimeoutSeconds,
    loadBalancing: entry.load_balancing ?? 'round_robin',
    prices: withModelPricing({
      file: sources.prices,
      model: entry.pricing === undefined ? undefined : pricingOfModel(entry.pricing, `models.yaml: ${reference.name}`),
    }),
  }
}

function modelTypeOf(entry: ModelEntry, name: string): ModelType {
  const wanted = entry.model_type.toLowerCase()
  const type = modelTypes.find((known) => known === wanted)
  if (type !== undefined) return type
  const nearest = closest(wanted, [...modelTypes])
  const hint = distance(wanted, nearest) <= 3 ? `; did you mean "${nearest}"?` : ''
  throw new SygraError(
    'unknown_model_type',
    `models.yaml: ${name}: unknown model_type "${entry.model_type}"${hint} (known: ${modelTypes.join(', ')})`,
  )
}

function urlsOf(name: string, type: ModelType, entry: ModelEntry, sources: ModelSources): readonly string[] {
  if (sources.simulatorUrl !== undefined) return [sources.simulatorUrl]
  const { environment } = sources
  const fromEnvironment = modelSetting(environment, name, 'URL')?.split('|')
  const stated = fromEnvironment ?? (entry.url === undefined ? undefined : [entry.url].flat())
  if (stated !== undefined) return stated.map((url) => checkUrl(url.trim(), name))
  const service = serviceOf(type)
  const standard = service.urlVariable === undefined ? undefined : environment[service.urlVariable]
  if (standard) return [checkUrl(standard, name)]
  if (service.url !== undefined || !service.needsUrl) return service.url === undefined ? [] : [service.url]
  throw new SygraError(
    'missing_key',
    `model "${name}" (${type}) has no address: set ${modelSettingName(name, 'URL')} in the environment or in .env, or "url" in models.yaml`,
  )
}

function checkUrl(url: string, name: string): string {
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url.replace(/\/+$/, '')
  throw new SygraError('bad_config', `model "${name}": "${url}" is no http(s) address`)
}

function tokenOf(name: string, type: ModelType, { environment, simulatorUrl }: ModelSources): string | undefined {
  if (simulatorUrl !== undefined) return 'simulated'
  const own = modelSetting(environment, name, 'TOKEN') ?? modelSetting(environment, name, 'AUTH_TOKEN')
  const service = serviceOf(type)
  const token = own ?? service.keyVariables.map((variable) => environment[variable]).find(Boolean)
  if (token !== undefined || !service.needsKey) return token
  throw new SygraError(
    'missing_key',
    `model "${name}" (${type}) has no key: set ${[...service.keyVariables, modelSettingName(name, 'TOKEN')].join(' or ')} in the environment or in .env; to rehearse without one, run with --simulate`,
  )
}
