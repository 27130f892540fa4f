import { typeOfContent, typeOfFormat } from '../../media/media-type.ts'
import type { ModelAddress } from '../model-addresses.ts'
import type { AskableModel } from '../model-object.ts'
import type { ResolvedModel } from '../resolve-model.ts'
import type { ClientParts } from './client-parts.ts'
import { speechAskOf } from './media-prompt.ts'
import { mediaResult } from './media-result.ts'
import { jsonOf, posterTo, type ServiceAnswer, unreadable } from './post-to-service.ts'

const usual = { voice: 'alloy', response_format: 'wav' }

/** A client for a model that reads a text aloud. Its system messages say how; everything else is spoken. */
export function createSpeechClient(parts: ClientParts): AskableModel {
  const { model, address } = parts
  const post = posterTo(parts)
  const { upstreamModel } = model
  const parameters = { ...usual, ...streamFor(model), ...speechParameters(model.parameters) }
  return {
    provider: model.type,
    modelId: upstreamModel,
    async doGenerate({ prompt, abortSignal, headers }) {
      const { instructions, text } = speechAskOf(prompt, model)
      const body = { model: upstreamModel, input: text, instructions, ...parameters }
      const answer = await post('/audio/speech', body, { abortSignal, headers })
      const sound = soundIn(answer, { address, isWholeTold: parameters.stream_format === 'sse' })
      if (sound.length === 0) throw unreadable('the answer has no sound', { address })
      const mediaType = typeOfContent(sound) ?? typeOfFormat(parameters.response_format) ?? 'audio/wav'
      return mediaResult([{ type: 'file', mediaType, data: sound.toString('base64') }], { headers: answer.headers })
    },
  }
}

/** OpenAI's newer models tell what they used in the last event of a stream, and nowhere else. */
function streamFor({ type, upstreamModel }: ResolvedModel): { readonly stream_format?: string } {
  return type === 'openai' && upstreamModel.startsWith('gpt-') ? { stream_format: 'sse' } : {}
}

/** Parameters of speech may stand under `audio`, where chat models that speak have theirs. */
function speechParameters({ audio, ...parameters }: ResolvedModel['parameters']) {
  if (typeof audio !== 'object' || audio === null) return parameters
  const { format, ...others }: { format?: unknown } = audio
  return { ...(format === undefined ? {} : { response_format: format }), ...others, ...parameters }
}

/**
 * The sound of an answer; of a stream its pieces together.
 *
 * @throws APICallError for a stream in which an error is told, or that ends before it says that it is whole: half a speech
 * would pass for all of it.
 */
function soundIn(
  { contentType, body }: ServiceAnswer,
  { address, isWholeTold }: { readonly address: ModelAddress; readonly isWholeTold: boolean },
): Buffer {
  if (!contentType.includes('event-stream')) return body
  const pieces: Buffer[] = []
  let isWhole = !isWholeTold
  for (const line of body.toString('utf8').split('\n')) {
    if (!line.startsWith('data:')) continue
    const event = jsonOf(line.slice('data:'.length))
    if (typeof event !== 'object' || event === null) continue
    if (('error' in event && event.error) || ('type' in event && event.type === 'error')) {
      throw unreadable(`the speech ended with an error: ${JSON.stringify(event).slice(0, 300)}`, { address })
    }
    if ('audio' in event && typeof event.audio === 'string') pieces.push(Buffer.from(event.audio, 'base64'))
    if ('type' in event && event.type === 'speech.audio.done') isWhole = true
  }
  if (!isWhole) throw unreadable('the speech was cut: its stream ends before it says that it is whole', { address })
  return Buffer.concat(pieces)
}
