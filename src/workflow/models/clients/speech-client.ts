import { SygraError } from '../../../errors.ts'
import { typeOfBytes, typeOfFormat } from '../../media/media-type.ts'
import type { AskableModel } from '../model-object.ts'
import type { ResolvedModel } from '../resolve-model.ts'
import type { ClientParts } from './client-parts.ts'
import { mediaPromptOf } from './media-prompt.ts'
import { mediaResult } from './media-result.ts'
import { posterTo, type ServiceAnswer, unreadable } from './post-to-service.ts'

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
      const { instructions, text } = mediaPromptOf(prompt, { model: model.name, takes: undefined })
      if (text === '') {
        throw new SygraError('bad_data', `model "${model.name}" reads a text aloud; found none in its prompt`)
      }
      const how = instructions === '' ? {} : { instructions }
      const body = { model: upstreamModel, input: text, ...how, ...parameters }
      const answer = await post('/audio/speech', body, { abortSignal, headers })
      const sound = soundIn(answer)
      if (sound.length === 0) throw unreadable('the answer has no sound', { address })
      const mediaType = typeOfBytes(sound) ?? typeOfFormat(parameters.response_format) ?? 'audio/wav'
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

function soundIn({ contentType, body }: ServiceAnswer): Buffer {
  if (!contentType.includes('event-stream')) return body
  const pieces = body
    .toString('utf8')
    .split('\n')
    .flatMap((line) => (line.startsWith('data:') ? pieceOf(line.slice('data:'.length)) : []))
  return Buffer.concat(pieces)
}

function pieceOf(json: string): readonly Buffer[] {
  try {
    const event: unknown = JSON.parse(json)
    const isPiece = typeof event === 'object' && event !== null && 'audio' in event
    return isPiece && typeof event.audio === 'string' ? [Buffer.from(event.audio, 'base64')] : []
  } catch {
    return []
  }
}
