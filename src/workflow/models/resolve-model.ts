import { SygraError } from '../../errors.ts'
import { pricingOfModel } from '../../pricing/book/parse-prices.ts'
import { type PriceBook, withModelPricing } from '../../pricing/index.ts'
import { rememberSecrets } from '../../runtime/redact.ts'
import type { FunctionReference } from '../config/function-reference.ts'
import { modelSetting } from './environment-file.ts'
import { entryWithEnvironment } from './load-models.ts'
import { addressesOf, type ModelAddress } from './model-addresses.ts'
import { type MediaType, type ModelPurpose, purposeOf } from './model-purpose.ts'
import type { ModelsFile, ModelType } from './models-config.ts'
import { type RetrySettings, retrySettingsOf } from './retry-policy.ts'
import { settingsOf } from './service-settings.ts'
import { serviceOf } from './services.ts'

/** A model, ready to be called. */
export interface ResolvedModel {
  /** The name the workflow uses; the key under `models` in the metadata. */
  readonly name: string
  readonly type: ModelType
  /** The provider's own name. */
  readonly upstreamModel: string
  /** Where it is served; at least one. */
  readonly addresses: readonly ModelAddress[]
  /** What else its service is told, such as a region. */
  readonly settings: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, unknown>>
  /** Changes the text of every answer; relative to the task. */
  readonly postProcess: FunctionReference | undefined
  /** What is asked of it. */
  readonly purpose: ModelPurpose
  /** What a prompt for images may be at most. */
  readonly imageLimits: { readonly promptCharacters: number | undefined; readonly images: number | undefined }
  readonly headers: Readonly<Record<string, string>>
  readonly apiVersion: string | undefined
  readonly retries: RetrySettings
  readonly timeoutSeconds: number
  readonly loadBalancing: 'round_robin' | 'least_requests'
  /** How the certificate of its server is judged, where that is not the usual way. */
  readonly tls: { readonly isUnchecked: boolean; readonly certificatesPath: string | undefined } | undefined
  /** A simulator answers in its place; it speaks OpenAI's format whatever the type. */
  readonly isSimulated: boolean
  readonly prices: PriceBook | undefined
}

export interface ModelReference {
  readonly name: string
  /** What a node gives it and wants of it, where that is not what models.yaml says. */
  readonly inputType?: MediaType
  readonly outputType?: MediaType
  readonly parameters?: Readonly<Record<string, unknown>>
}

export interface ModelSources {
  readonly models: ModelsFile
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Address of a simulator that answers in place of every service. */
  readonly simulatorUrl?: string
  /** Nothing will be sent: a key or an address that is missing is no matter. */
  readonly isOffline?: boolean
  /** The user's own prices, from a prices file. */
  readonly prices?: PriceBook
}

const defaultTimeoutSeconds = 120

/**
 * Finds a model by the name a workflow gives it: in `models.yaml`, else at the provider whose models are named so.
 *
 * @throws SygraError `missing_key` or `bad_config`, with the place and the remedy.
 */
export function resolveModel(reference: ModelReference, sources: ModelSources): ResolvedModel {
  const { name } = reference
  const { environment, simulatorUrl } = sources
  const written = Object.hasOwn(sources.models, name) ? sources.models[name] : undefined
  if (written instanceof SygraError) throw written
  const entry = entryWithEnvironment(name, written ?? { model_type: usualTypeOf(name, environment) }, environment)
  const type = entry.model_type
  const isTakenForOpenais = written === undefined && type === 'openai' && !environment.OPENAI_BASE_URL
  const hint = isTakenForOpenais && !openaiNaming.test(name) ? notOpenais(name) : ''
  const asFarAsNeeded = <Value>(read: () => Value, otherwise: Value) =>
    sources.isOffline === true ? orWithoutKey(read, otherwise) : read()
  rememberSecrets(environment)
  rememberSecrets(entry.headers ?? {})
  const isSimulated = simulatorUrl !== undefined
  const upstreamModel = entry.model_serving_name ?? entry.model ?? name
  const media = { input: reference.inputType ?? entry.input_type, output: reference.outputType ?? entry.output_type }
  const purpose = purposeOf(name, { type, upstreamModel, media })
  const isTlsUsual = entry.ssl_verify !== false && entry.ssl_cert === undefined
  return {
    name,
    type,
    upstreamModel,
    addresses: isSimulated
      ? [{ url: simulatorUrl, urlFrom: undefined, token: 'simulated', tokenFrom: undefined }]
      : asFarAsNeeded(() => withHint(hint, () => addressesOf(name, entry, environment)), [unknownAddress]),
    settings: isSimulated ? {} : asFarAsNeeded(() => settingsOf(name, entry, environment), {}),
    parameters: {
      ...entry.additional_params,
      ...(entry.chat_template_params === undefined ? {} : { chat_template_kwargs: entry.chat_template_params }),
      ...entry.parameters,
      ...reference.parameters,
    },
    postProcess: entry.post_process,
    purpose,
    imageLimits: {
      promptCharacters: entry.image_capabilities?.prompt_char_limit,
      images: entry.image_capabilities?.max_edit_images,
    },
    headers: entry.headers ?? {},
    apiVersion: entry.api_version,
    retries: retrySettingsOf(entry),
    timeoutSeconds: entry.timeout ?? defaultTimeoutSeconds,
    loadBalancing: entry.load_balancing ?? 'round_robin',
    tls:
      isSimulated || isTlsUsual
        ? undefined
        : { isUnchecked: entry.ssl_verify === false, certificatesPath: entry.ssl_cert },
    isSimulated,
    prices: withModelPricing({
      file: sources.prices,
      model: entry.pricing === undefined ? undefined : pricingOfModel(entry.pricing, `models.yaml: ${name}`),
    }),
  }
}

const unknownAddress: ModelAddress = { url: undefined, urlFrom: undefined, token: undefined, tokenFrom: undefined }

function orWithoutKey<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read()
  } catch (error) {
    if (error instanceof SygraError && error.code === 'missing_key') return otherwise
    throw error
  }
}

/** How providers name their models; every other name is taken for one of OpenAI's. */
const namings: readonly (readonly [RegExp, ModelType])[] = [
  [/^claude-/, 'anthropic'],
  [/^gemini-/, 'gemini'],
  [/^(?:open-)?(?:mistral|mixtral|ministral|magistral|codestral|devstral|pixtral|voxtral)-/, 'mistralai'],
]

/** How OpenAI names its own models, fine-tuned ones included. */
const openaiNaming =
  /^(?:gpt-|chatgpt-|o\d|text-|omni-|dall-e|tts-|whisper|sora|codex|computer-use|davinci|babbage|ft:)/

function notOpenais(name: string): string {
  return `; "${name}" is not in models.yaml, so OpenAI would be asked for it: where a model of another service is served is said there, see docs/models.md`
}

/** Where a key is missing, the reason may be that the model was meant to be elsewhere. */
function withHint<Value>(hint: string, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if (hint === '' || !(error instanceof SygraError) || error.code !== 'missing_key') throw error
    throw new SygraError('missing_key', `${error.message}${hint}`)
  }
}

/** The service of a model that models.yaml does not know. A gateway in place of OpenAI, or an address of its own, has all models. */
function usualTypeOf(name: string, environment: ModelSources['environment']): ModelType {
  const type = namings.find(([pattern]) => pattern.test(name))?.[1]
  if (type === undefined || modelSetting(environment, name, 'URL') !== undefined) return 'openai'
  const hasKey = serviceOf(type).keyVariables.some((variable) => Boolean(environment[variable]))
  return environment.OPENAI_BASE_URL && !hasKey ? 'openai' : type
}
