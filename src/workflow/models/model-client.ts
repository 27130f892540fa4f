import { createHash } from 'node:crypto'
import { redactParameters, redactUrl } from '../../runtime/redact.ts'
import type { ModelIdentity } from '../../runtime/scope.ts'
import { createLanguageModel } from './language-model.ts'
import { askableMediaModel, purposeOfObject } from './media-object.ts'
import type { ModelAddress } from './model-addresses.ts'
import type { CalledPlace, ModelClient } from './model-call.ts'
import { type AskableModel, askableModelOf, type ModelObject } from './model-object.ts'
import { isChat, type ModelMedia } from './model-purpose.ts'
import type { ResolvedModel } from './resolve-model.ts'
import { defaultRetrySettings } from './retry-policy.ts'
import { serviceOf } from './services.ts'

interface Place {
  readonly address: ModelAddress
  readonly called: CalledPlace
  model: Promise<AskableModel> | undefined
  running: number
}

/** A client for a resolved model. Nothing is loaded or connected before it is opened or called. */
export function createModelClient(model: ResolvedModel): ModelClient {
  const places: Place[] = model.addresses.map((address) => ({
    address,
    called: { url: address.url, keyDigest: digestOf(address.token ?? '') },
    model: undefined,
    running: 0,
  }))
  const modelAt = (place: Place) => {
    place.model ??= createLanguageModel(model, place.address)
    return place.model
  }
  let turn = 0
  const nextPlace = () => {
    if (model.loadBalancing === 'least_requests') return leastLoaded(places)
    turn += 1
    return places[(turn - 1) % places.length]
  }
  return {
    identity: identityOf(model),
    parameters: model.parameters,
    upstreamModel: model.upstreamModel,
    purpose: model.purpose,
    retries: model.retries,
    timeoutSeconds: model.timeoutSeconds,
    resolved: model,
    open: async () => {
      await Promise.all(places.map(modelAt))
    },
    async use(call) {
      const place = nextPlace()
      if (place === undefined) throw new Error(`model ${model.name} has no address`)
      place.running += 1
      try {
        return await call(await modelAt(place), place.called)
      } finally {
        place.running -= 1
      }
    },
  }
}

/**
 * A client for a model object of the AI SDK, given directly.
 *
 * @throws SygraError `bad_config` for an object of another version of the AI SDK.
 */
export function modelClientOf(
  object: ModelObject,
  {
    parameters = {},
    media = { input: undefined, output: undefined },
  }: {
    readonly parameters?: Readonly<Record<string, unknown>>
    /** What its node says that it takes and gives. */
    readonly media?: ModelMedia
  } = {},
): ModelClient {
  const purpose = purposeOfObject(object, media)
  const named = { name: object.modelId }
  const model = isChat(purpose) ? askableModelOf(object) : askableMediaModel(object, { purpose, parameters, named })
  return {
    identity: { name: model.modelId, type: model.provider, parameters: redactParameters(parameters) },
    parameters,
    upstreamModel: model.modelId,
    purpose,
    retries: defaultRetrySettings,
    timeoutSeconds: 120,
    resolved: undefined,
    open: async () => {},
    use: async (call) => call(model, { url: undefined, keyDigest: '' }),
  }
}

function identityOf(model: ResolvedModel): ModelIdentity {
  const service = serviceOf(model.type)
  const version = model.apiVersion === undefined ? {} : { api_version: model.apiVersion }
  return {
    name: model.name,
    type: service.title,
    provider: service.provider || undefined,
    url: urlsIn(model),
    parameters: redactParameters({ ...model.parameters, ...version }),
    prices: model.prices,
  }
}

function urlsIn({ addresses }: ResolvedModel): ModelIdentity['url'] {
  const urls = [...new Set(addresses.flatMap(({ url }) => (url === undefined ? [] : [redactUrl(url)])))]
  return urls.length > 1 ? urls : urls[0]
}

function leastLoaded(places: readonly Place[]): Place | undefined {
  return places.reduce<Place | undefined>(
    (best, place) => (best === undefined || place.running < best.running ? place : best),
    undefined,
  )
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16)
}
