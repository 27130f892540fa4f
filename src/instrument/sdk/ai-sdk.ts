// `sygra/ai-sdk`: for programs that call models through the AI SDK (`ai`).

import type { LanguageModelV3, LanguageModelV3Middleware, LanguageModelV3StreamPart } from '@ai-sdk/provider'
import type { TelemetryIntegration } from 'ai'
import { currentOrOutsideScope } from '../../runtime/scope.ts'
import { memberOf, textOf } from '../../usage/json-value.ts'
import { type FrameworkRun, samePlace } from '../attempt/framework-runs.ts'
import { recordIfUnseen } from '../attempt/unseen-request.ts'
import { wireState } from '../attempt/wire-state.ts'
import { onOutcome } from '../track/on-outcome.ts'
import { TrackedRequest } from '../track/tracked-request.ts'
import { aiSdkUsageOf } from './sdk-usage.ts'

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

/** The stream of a model with its parts unchanged; the call ends with it, and its tokens are those of its last part. */
export function watchModelStream(
  stream: ReadableStream<LanguageModelV3StreamPart>,
  request: TrackedRequest,
): ReadableStream<LanguageModelV3StreamPart> {
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

function toldBy(part: LanguageModelV3StreamPart): Record<string, unknown> {
  if (part.type === 'finish') return { usage: part.usage, finishReason: part.finishReason }
  if (part.type === 'response-metadata') return { response: { id: part.id, modelId: part.modelId } }
  return {}
}

type Step = Parameters<NonNullable<TelemetryIntegration['onStepFinish']>>[0]

/**
 * An integration for the telemetry of the AI SDK: `functionId` names the agent whose requests these are, and a step is
 * recorded only where no request of it was seen.
 *
 * @example
 * registerTelemetryIntegration(metadataTelemetry()) // once; then { experimental_telemetry: { isEnabled: true, functionId: 'planner' } }
 */
export function metadataTelemetry(): TelemetryIntegration {
  const { frameworks, recorded } = wireState()
  recorded.isWatched = true
  let count = 0
  return {
    onStepStart({ model, functionId }) {
      count += 1
      frameworks.start({
        id: `ai-sdk ${count}`,
        place: currentOrOutsideScope(),
        models: [model.modelId],
        names: { agent: functionId },
      })
    },
    onStepFinish(step) {
      const run = openStep(step)
      if (run === undefined) return
      frameworks.end(run.id)
      recordIfUnseen(run, {
        status: 200,
        usage: aiSdkUsageOf(step.usage),
        upstreamModel: step.response.modelId,
        responseId: step.response.id,
        finishReason: step.finishReason,
        provider: step.model.provider.split('.')[0],
      })
    },
  }
}

/** The step that ends. The SDK gives the two no common id, so it is the oldest of its model and function in this place. */
function openStep(step: Step): FrameworkRun | undefined {
  const place = currentOrOutsideScope()
  const agent = textOf(memberOf(step, 'functionId'))
  return wireState().frameworks.findCall(
    (run) =>
      run.id.startsWith('ai-sdk ') &&
      run.names?.agent === agent &&
      run.models?.includes(step.model.modelId) === true &&
      samePlace(run.place, place),
  )
}
