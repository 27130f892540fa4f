import { extensionOf } from '../../media/media-type.ts'
import type { AskableModel } from '../model-object.ts'
import type { ClientParts } from './client-parts.ts'
import { formOf } from './form-of.ts'
import { bytesOfFile, transcriptAskOf } from './media-prompt.ts'
import { mediaResult } from './media-result.ts'
import { jsonOf, posterTo, type ServiceAnswer, unreadable } from './post-to-service.ts'

/** A client for a model that writes down what is said. Texts beside the sound are hints for it. */
export function createTranscriptionClient(parts: ClientParts): AskableModel {
  const { model, address } = parts
  const post = posterTo(parts)
  const { upstreamModel, parameters } = model
  return {
    provider: model.type,
    modelId: upstreamModel,
    async doGenerate({ prompt, abortSignal, headers }) {
      const { file, hint } = transcriptAskOf(prompt, model)
      const { bytes, mediaType } = await bytesOfFile(file, abortSignal)
      const form = formOf({ model: upstreamModel, ...(hint === undefined ? {} : { prompt: hint }), ...parameters })
      form.append('file', new Blob([bytes], { type: mediaType }), `sound.${extensionOf(mediaType)}`)
      const answer = await post('/audio/transcriptions', form, { abortSignal, headers })
      const { heard, details } = transcriptIn(answer)
      if (heard === undefined) throw unreadable('the answer has no transcript', { address })
      return mediaResult([{ type: 'text', text: heard }], { headers: answer.headers, details })
    },
  }
}

/** What was heard: a member of the answer, or, as text and as subtitles, the answer itself. */
function transcriptIn({ contentType, body }: ServiceAnswer): { heard: string | undefined; details?: unknown } {
  if (!contentType.includes('json')) return { heard: body.toString('utf8').trim() }
  const answer = jsonOf(body)
  if (typeof answer === 'string') return { heard: answer.trim() }
  if (typeof answer !== 'object' || answer === null || !('text' in answer)) return { heard: undefined }
  const { text, usage: _, ...details }: { text: unknown; usage?: unknown } = answer
  return {
    heard: typeof text === 'string' ? text.trim() : undefined,
    details: Object.keys(details).length === 0 ? undefined : details,
  }
}
