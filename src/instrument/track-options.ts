import type { Usage } from '../metadata/usage.ts'
import type { SimpleUsage } from '../pricing/index.ts'
import { redactParameters, redactUrl } from '../runtime/redact.ts'
import type { ModelIdentity } from '../runtime/scope.ts'
import { isRecord, textOf } from '../usage/json-value.ts'

/** How a function that asks a model is accounted for. All of it may be left out. */
export interface TrackOptions {
  /**
   * The key under `models`. By default `modelName`, or `model_name`, of the object the method belongs to, else the model
   * that the answer names, else the function's name.
   */
  readonly model?: string
  /** `model_type`, such as `VLLM`. */
  readonly type?: string
  /** Who serves the model and sets its price, such as `openai`. */
  readonly provider?: string
  /** Where the model is served; query and credentials are removed. */
  readonly url?: string
  /** Parameters of the model, for the file; secrets are removed. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Tokens of what the function gave, where its shape is of the caller's own. */
  readonly usage?: (value: unknown) => Usage | SimpleUsage | undefined
}

/**
 * The model that the options name, or the object that a method belongs to (`modelName`, and `modelConfig` with type, url
 * and parameters, as the Python system has them); undefined when neither does.
 */
export function identityOf(options: TrackOptions, owner: unknown): ModelIdentity | undefined {
  const object: Record<string, unknown> = isRecord(owner) ? owner : {}
  const name = options.model ?? textOf(object.modelName) ?? textOf(object.model_name)
  if (name === undefined) return undefined
  const given = object.modelConfig ?? object.model_config
  const config: Record<string, unknown> = isRecord(given) ? given : {}
  const url = options.url ?? textOf(config.url)
  const parameters = options.parameters ?? config.parameters
  return {
    name,
    type: options.type ?? textOf(config.type),
    provider: options.provider,
    url: url === undefined ? undefined : redactUrl(url),
    parameters: parameters === undefined ? undefined : redactParameters(parameters),
  }
}
