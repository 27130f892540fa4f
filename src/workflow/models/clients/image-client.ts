import type { LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import { z } from 'zod'
import { extensionOf, typeOfContent, typeOfFormat } from '../../media/media-type.ts'
import type { ModelAddress } from '../model-addresses.ts'
import type { AskableModel } from '../model-object.ts'
import type { ClientParts } from './client-parts.ts'
import { formOf } from './form-of.ts'
import { bytesOfFile, imageAskOf, type MediaFile } from './media-prompt.ts'
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
      const { asked, files } = imageAskOf(prompt, model, { needsText: true })
      const body = { model: upstreamModel, prompt: asked, ...formatFor(upstreamModel), ...parameters }
      const images = await Promise.all(files.map((file) => bytesOfFile(file, abortSignal)))
      const answer = await (images.length === 0
        ? post('/images/generations', body, { abortSignal, headers })
        : post('/images/edits', editForm(body, images), { abortSignal, headers }))
      const read = answerSchema.safeParse(jsonOf(answer.body))
      if (!read.success) throw unreadable('the answer has no images', { address, cause: read.error })
      const { data, output_format: format = parameters.output_format } = read.data
      const content = await Promise.all(data.map((image) => imageOf(image, { format, address, abortSignal })))
      return mediaResult(content, { headers: answer.headers })
    },
  }
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
  {
    format,
    address,
    abortSignal,
  }: { readonly format: unknown; readonly address: ModelAddress; readonly abortSignal: AbortSignal | undefined },
): Promise<LanguageModelV3GenerateResult['content'][number]> {
  if (typeof b64_json === 'string') {
    return { type: 'file', mediaType: typeOfContent(b64_json) ?? typeOfFormat(format) ?? 'image/png', data: b64_json }
  }
  if (!URL.canParse(url ?? '')) throw unreadable('the answer has neither an image nor the address of one', { address })
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
