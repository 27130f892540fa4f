import type { LanguageModelV3, LanguageModelV3Middleware } from '@ai-sdk/provider'
import { currentOrOutsideScope } from '../runtime/scope.ts'
import { watchModelStream } from './ai-sdk-stream.ts'
import { onOutcome } from './on-outcome.ts'
import { TrackedRequest } from './tracked-request.ts'

export interface MiddlewareOptions {
  /** The key under `models`; the name that the model has at the wire by default. */
  readonly modelName?: string
  /** The agent whose requests these are. */
  readonly agent?: string
}

/**
 * A middleware of the AI SDK: it names the model and the agent of the requests made through it, and records a call itself
 * only where no request of it was seen, as of a model in the process.
 *
 * @example
 * const model = wrapLanguageModel({ model: openai('gpt-4o-mini'), middleware: metadataMiddleware({ agent: 'planner' }) })
 */
export function metadataMiddleware({ modelName, agent }: MiddlewareOptions = {}): LanguageModelV3Middleware {
  const begin = (model: LanguageModelV3, params: unknown) => {
    const scope = currentOrOutsideScope()
    if (!scope.collector.isEnabled()) return undefined
    // The provider's name is such as `openai.chat`.
    const [provider] = model.provider.split('.')
    return new TrackedRequest(
      { ...scope, agent: agent ?? scope.agent },
      { model: modelName, provider },
      { owner: undefined, functionName: model.modelId, args: [params] },
    )
  }
  return {
    specificationVersion: 'v3',
    wrapGenerate: async ({ doGenerate, model, params }) => {
      const request = begin(model, params)
      if (request === undefined) return doGenerate()
      return onOutcome(
        () => request.within(async () => doGenerate()),
        (outcome) => request.end(outcome),
      )
    },
    wrapStream: async ({ doStream, model, params }) => {
      const request = begin(model, params)
      if (request === undefined) return doStream()
      const result = await onOutcome(
        () => request.within(async () => doStream()),
        (outcome) => {
          if ('error' in outcome) request.end(outcome)
        },
      )
      // Seen at the wire, the stream is followed there.
      return request.wasSeen ? result : { ...result, stream: watchModelStream(result.stream, request) }
    },
  }
}
