import type { PriceBook } from '../../pricing/index.ts'
import type { GuardedModels } from '../limits/guarded-models.ts'
import { readEnvironmentFile } from '../models/environment-file.ts'
import { loadModels } from '../models/load-models.ts'
import { createModelClient, type ModelClient, modelClientOf } from '../models/model-client.ts'
import type { ModelObject } from '../models/model-object.ts'
import { resolveModel } from '../models/resolve-model.ts'
import type { ModelBlock } from '../nodes/chat/model-block.ts'

/** Gives the client for a model block; blocks that say the same share one. */
export type ModelFinder = (block: ModelBlock) => Promise<ModelClient>

/** Finds models for one run: from the task's `models.yaml`, the environment and `.env`, or all at a simulator. */
export function createModelFinder({
  directory,
  simulatorUrl,
  prices,
  models: guarded,
  isOffline,
}: {
  readonly directory: string
  readonly simulatorUrl?: string
  /** Nothing will be sent: neither key nor address is needed. */
  readonly isOffline?: boolean
  /** Takes every model that is found. */
  readonly models: GuardedModels
  /** The user's own prices, from a prices file. */
  readonly prices?: PriceBook
}): ModelFinder {
  const environment = readEnvironmentFile()
  const models = loadModels({ directory, environment })
  const clients = new Map<string, ModelClient>()
  return async ({ name, parameters = {}, language_model: object }) => {
    if (isLanguageModel(object)) return guarded.guard(modelClientOf(object, parameters))
    const key = JSON.stringify([name, parameters])
    let client = clients.get(key)
    if (client === undefined) {
      const resolved = resolveModel({ name, parameters }, { models, environment, simulatorUrl, prices, isOffline })
      client = guarded.guard(createModelClient(resolved))
      clients.set(key, client)
      if (isOffline !== true) await client.open()
    }
    return client
  }
}

function isLanguageModel(value: object | undefined): value is ModelObject {
  return value !== undefined && 'doGenerate' in value && 'modelId' in value
}
