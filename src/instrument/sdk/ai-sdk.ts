// `sygra/ai-sdk`: for programs that call models through the AI SDK (`ai`).

import { currentOrOutsideScope } from '../../runtime/scope.ts'
import { memberOf } from '../../usage/json-value.ts'
import { onOutcome } from '../track/on-outcome.ts'
import { TrackedRequest } from '../track/tracked-request.ts'
import { withinActor } from '../track/with-actor.ts'

export { type MetadataTelemetry, metadataTelemetry } from './ai-sdk-telemetry.ts'

export interface MiddlewareOptions {
  /** The key under `models`; the name that the model has at the wire by default. */
  readonly modelName?: string
  /** The agent whose requests these are. */
  readonly agent?: string
}

/** What is used of a model and of a call: the same in every version of the AI SDK. */
interface WrappedCall {
  readonly model: { readonly provider: string; readonly modelId: string }
  readonly params: unknown
}

/** As `wrapLanguageModel` takes it, of ai@6 and of ai@7. */
export interface MetadataMiddleware {
  readonly specificationVersion: 'v3'
  wrapGenerate<Result>(call: WrappedCall & { readonly doGenerate: () => PromiseLike<Result> }): Promise<Result>
  wrapStream<Part extends { readonly type: string }, Result extends { readonly stream: ReadableStream<Part> }>(
    call: WrappedCall & { readonly doStream: () => PromiseLike<Result & { readonly stream: ReadableStream<Part> }> },
  ): Promise<Result>
}

/**
 * A middleware of the AI SDK: it names the model and the agent of the requests made through it, and records a call itself
 * only where no request of it was seen, as of a model in the process.
 *
 * @example
 * const model = wrapLanguageModel({ model: openai('gpt-4o-mini'), middleware: metadataMiddleware({ agent: 'planner' }) })
 */
export function metadataMiddleware({ modelName, agent }: MiddlewareOptions = {}): MetadataMiddleware {
  const begin = ({ model, params }: WrappedCall) => {
    const scope = currentOrOutsideScope()
    if (!scope.collector.isEnabled()) return undefined
    // The provider's name is such as `openai.chat`.
    const [provider] = model.provider.split('.')
    return new TrackedRequest(
      agent === undefined ? scope : withinActor(scope, { agent }),
      { model: modelName, provider },
      { owner: undefined, functionName: model.modelId, args: [params] },
    )
  }
  return {
    specificationVersion: 'v3',
    async wrapGenerate(call) {
      const { doGenerate } = call
      const request = begin(call)
      if (request === undefined) return doGenerate()
      return onOutcome(
        () => request.within(async () => doGenerate()),
        (outcome) => request.end(outcome),
      )
    },
    async wrapStream(call) {
      const { doStream } = call
      const request = begin(call)
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

/** The stream of a model with its parts unchanged; the call ends with it, and its tokens are those of its last part. */
function watchModelStream<Part extends { readonly type: string }>(
  stream: ReadableStream<Part>,
  request: TrackedRequest,
): ReadableStream<Part> {
  const reader = stream.getReader()
  let told: Record<string, unknown> = {}
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await request.within(() => reader.read())
        if (done) {
          request.end({ value: told })
          controller.close()
          return
        }
        told = { ...told, ...toldBy(value) }
        if (value.type === 'text-delta' || value.type === 'reasoning-delta' || value.type === 'tool-input-delta') {
          request.seeToken()
        }
        controller.enqueue(value)
      } catch (error) {
        request.end({ error })
        controller.error(error)
      }
    },
    async cancel(reason) {
      request.end({ value: told })
      await reader.cancel(reason)
    },
  })
}

function toldBy(part: { readonly type: string }): Record<string, unknown> {
  if (part.type === 'finish') return { usage: memberOf(part, 'usage'), finishReason: memberOf(part, 'finishReason') }
  if (part.type === 'response-metadata') {
    return { response: { id: memberOf(part, 'id'), modelId: memberOf(part, 'modelId') } }
  }
  return {}
}
