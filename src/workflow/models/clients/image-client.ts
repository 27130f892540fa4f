import type { LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import { z } from 'zod'
import { SygraError } from '../../../errors.ts'
import { extensionOf, typeOfBytes, typeOfFormat } from '../../media/media-type.ts'
import type { AskableModel } from '../model-object.ts'
import type { ResolvedModel } from '../resolve-model.ts'
import type { ClientParts } from './client-parts.ts'
import { formOf } from './form-of.ts'
import { bytesOfFile, type MediaFile, mediaPromptOf } from './media-prompt.ts'
import { mediaResult } from './media-result.ts'
import { jsonOf, posterTo, unreadable } from './post-to-service.ts'

/** A client for a model that makes images from a text, and changes those that are in its prompt. */
export function createImageClient(parts: ClientParts): AskableModel {
  const { model, address } = parts
  const post = posterTo(parts)
  const { upstreamModel, parameters } = model
  return {
    provider: model.type,
    modelId: upstreamModel,
    async doGenerate({ prompt, abortSignal, headers }) {
      const { instructions, text, files } = mediaPromptOf(prompt, { model: model.name, takes: 'image' })
      // There is no place for instructions beside the text.
      const asked = [instructions, text].filter((each) => each !== '').join('\n')
      if (asked === '') {
        throw new SygraError('bad_data', `model "${model.name}" makes images of a text; found none in its prompt`)
      }
      checkLimits(model, { asked, images: files.length })
      const body = { model: upstreamModel, prompt: asked, ...formatFor(upstreamModel), ...parameters }
      const images = await Promise.all(files.map((file) => bytesOfFile(file, abortSignal)))
      const answer = await (images.length === 0
        ? post('/images/generations', body, { abortSignal, headers })
        : post('/images/edits', editForm(body, images), { abortSignal, headers }))
      const read = answerSchema.safeParse(jsonOf(answer.body))
      if (!read.success) throw unreadable('the answer has no images', { address, cause: read.error })
      const { data, output_format: format = parameters.output_format } = read.data
      const content = await Promise.all(data.map((image) => imageOf(image, { format, abortSignal })))
      return mediaResult(content, { headers: answer.headers })
    },
  }
}

function checkLimits(
  { name, imageLimits: { promptCharacters, images: most } }: ResolvedModel,
  { asked, images }: { readonly asked: string; readonly images: number },
): void {
  const tooMany = (found: number, limit: number, what: string) =>
    new SygraError('bad_data', `model "${name}" takes at most ${limit} ${what} (image_capabilities); found ${found}`)
  if (promptCharacters !== undefined && asked.length > promptCharacters) {
    throw tooMany(asked.length, promptCharacters, 'characters')
  }
  if (most !== undefined && images > most) throw tooMany(images, most, 'images')
}

/** Older models of OpenAI give addresses that end after an hour unless they are told; newer ones do not take the word. */
function formatFor(model: string): { readonly response_format?: string } {
  return /^dall[-_]?e/i.test(model) ? { response_format: 'b64_json' } : {}
}

const answerSchema = z.looseObject({
  data: z.array(z.looseObject({ b64_json: z.string().nullish(), url: z.string().nullish() })).min(1),
  output_format: z.string().optional(),
})

async function imageOf(
  { b64_json, url }: z.infer<typeof answerSchema>['data'][number],
  { format, abortSignal }: { readonly format: unknown; readonly abortSignal: AbortSignal | undefined },
): Promise<LanguageModelV3GenerateResult['content'][number]> {
  if (typeof b64_json === 'string') {
    const begin = Buffer.from(b64_json.slice(0, 32), 'base64')
    return { type: 'file', mediaType: typeOfBytes(begin) ?? typeOfFormat(format) ?? 'image/png', data: b64_json }
  }
  const file = await bytesOfFile(new URL(url ?? ''), abortSignal)
  return { type: 'file', mediaType: file.mediaType, data: Buffer.from(file.bytes).toString('base64') }
}

function editForm(fields: Readonly<Record<string, unknown>>, images: readonly MediaFile[]): FormData {
  const form = formOf(fields)
  // dall-e-2 takes one image under this name; a list has another one.
  const name = images.length === 1 ? 'image' : 'image[]'
  for (const [index, { bytes, mediaType }] of images.entries()) {
    form.append(name, new Blob([bytes], { type: mediaType }), `image_${index}.${extensionOf(mediaType)}`)
  }
  return form
}
