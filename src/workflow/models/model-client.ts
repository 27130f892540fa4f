import { createHash } from 'node:crypto'
import type { LanguageModelV3 } from '@ai-sdk/provider'
import { redactParameters, redactUrl } from '../../runtime/redact.ts'
import type { ModelIdentity } from '../../runtime/scope.ts'
import { createLanguageModel } from './language-model.ts'
import type { RequestGate } from './request-gate.ts'
import type { ResolvedModel } from './resolve-model.ts'
import { defaultRetrySettings, type RetrySettings } from './retry-settings.ts'
import { serviceOf } from './services.ts'

/** A model that can be called: what the metadata calls it, how often a call is tried, and where it is. */
export interface ModelClient {
  readonly identity: ModelIdentity
  readonly parameters: Readonly<Record<string, unknown>>
  /** The provider's own name of the model. */
  readonly upstreamModel: string
  readonly retries: RetrySettings
  /** For one attempt. */
  readonly timeoutSeconds: number
  /** A digest of its key: requests with the same key share their provider's limits. */
  readonly keyDigest: string
  /** Asked before each attempt, where the run has such a gate. */
  readonly gate?: RequestGate
  /** Runs a call at one of the model's addresses; each attempt may go to another one. */
  use<Result>(call: (model: LanguageModelV3, url: string | undefined) => PromiseLike<Result>): Promise<Result>
}

interface Address {
  readonly url: string | undefined
  model: Promise<LanguageModelV3> | undefined
  running: number
}

/** A client for a resolved model. Nothing is loaded or connected before the first call. */
export function createModelClient(model: ResolvedModel): ModelClient {
  const urls = model.urls.length > 0 ? model.urls : [undefined]
  const addresses: Address[] = urls.map((url) => ({ url, model: undefined, running: 0 }))
  let turn = 0
  const nextAddress = () => {
    if (model.loadBalancing === 'least_requests') return leastLoaded(addresses)
    turn += 1
    return addresses[(turn - 1) % addresses.length]
  }
  return {
    identity: identityOf(model),
    parameters: model.parameters,
    upstreamModel: model.upstreamModel,
    retries: model.retries,
    timeoutSeconds: model.timeoutSeconds,
    keyDigest: digestOf(model.token ?? ''),
    async use(call) {
      const address = nextAddress()
      if (address === undefined) throw new Error(`model ${model.name} has no address`)
      address.running += 1
      try {
        address.model ??= createLanguageModel(model, address.url)
        return await call(await address.model, address.url)
      } finally {
        address.running -= 1
      }
    },
  }
}

/** A client for a model object of the AI SDK, given directly. */
export function modelClientOf(model: LanguageModelV3, parameters: Readonly<Record<string, unknown>> = {}): ModelClient {
  return {
    identity: { name: model.modelId, type: model.provider, parameters: redactParameters(parameters) },
    parameters,
    upstreamModel: model.modelId,
    retries: defaultRetrySettings,
    timeoutSeconds: 120,
    keyDigest: '',
    use: async (call) => call(model, undefined),
  }
}

function identityOf(model: ResolvedModel): ModelIdentity {
  const service = serviceOf(model.type)
  const version = model.apiVersion === undefined ? {} : { api_version: model.apiVersion }
  return {
    name: model.name,
    type: service.title,
    provider: service.provider || undefined,
    url: model.urls.map(redactUrl).join(' | ') || undefined,
    parameters: redactParameters({ ...model.parameters, ...version }),
    prices: model.prices,
  }
}

function leastLoaded(addresses: readonly Address[]): Address | undefined {
  return addresses.reduce<Address | undefined>(
    (best, address) => (best === undefined || address.running < best.running ? address : best),
    undefined,
  )
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16)
}
