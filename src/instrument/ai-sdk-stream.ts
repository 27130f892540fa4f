import type { LanguageModelV3StreamPart } from '@ai-sdk/provider'
import type { TrackedRequest } from './tracked-request.ts'

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
