import type { ImageModelV3File, LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import { SygraError } from '../../errors.ts'
import { typeOfBytes, typeOfFormat } from '../media/media-type.ts'
import { bytesOfFile, mediaPromptOf } from './clients/media-prompt.ts'
import { mediaResult } from './clients/media-result.ts'
import type { MediaModelObject } from './media-model.ts'
import type { AskableModel } from './model-object.ts'
import type { ModelMedia, ModelPurpose } from './model-purpose.ts'

/** What is asked of an object of the AI SDK: speech and transcription models are told apart by the end of their provider's name. */
export function purposeOfObject(object: object & { readonly provider: string }, media: ModelMedia): ModelPurpose {
  if ('doStream' in object) return 'chat'
  if ('maxImagesPerCall' in object || media.output === 'image') return 'images'
  if (media.output === 'audio' || /speech$/i.test(object.provider)) return 'speech'
  return media.input === 'audio' || /transcription$/i.test(object.provider) ? 'transcription' : 'chat'
}

interface Asking {
  readonly purpose: ModelPurpose
  /** Those that the common interface has a name for are given by it, the others as they are. */
  readonly parameters: Readonly<Record<string, unknown>>
}

/** The model, to be asked by a chat like any other. */
export function askableMediaModel(object: MediaModelObject, { purpose, parameters }: Asking): AskableModel {
  const { provider, modelId } = object
  const ask = (options: object) => object.doGenerate(options as never)
  const model = { provider, modelId }
  switch (purpose) {
    case 'images':
      return { ...model, doGenerate: (options) => makeImages(options, { model: object, ask, parameters }) }
    case 'speech':
      return { ...model, doGenerate: (options) => speak(options, { model: object, ask, parameters }) }
    case 'transcription':
      return { ...model, doGenerate: (options) => transcribe(options, { model: object, ask, parameters }) }
    case 'chat':
    case 'speaking-chat':
      throw new SygraError(
        'bad_config',
        `the model object "${modelId}" of ${provider} is no image, speech or transcription model: say which by output_type or input_type`,
      )
    default:
      return purpose satisfies never
  }
}

interface Media {
  readonly model: MediaModelObject
  readonly ask: (options: object) => PromiseLike<object>
  readonly parameters: Readonly<Record<string, unknown>>
}

type Options = Parameters<AskableModel['doGenerate']>[0]

async function makeImages({ prompt, abortSignal, headers }: Options, { model, ask, parameters }: Media) {
  const { instructions, text, files } = mediaPromptOf(prompt, { model: model.modelId, takes: 'image' })
  const given = await Promise.all(files.map((file) => bytesOfFile(file, abortSignal)))
  const { n = 1, size, aspect_ratio: aspectRatio, seed, ...others } = parameters
  const result = await ask({
    prompt: [instructions, text].filter((each) => each !== '').join('\n'),
    n,
    size,
    aspectRatio,
    seed,
    files:
      given.length === 0
        ? undefined
        : given.map((file): ImageModelV3File => ({ type: 'file', mediaType: file.mediaType, data: file.bytes })),
    mask: undefined,
    ...restFor(model, others, { abortSignal, headers }),
  })
  const images: readonly unknown[] = 'images' in result && Array.isArray(result.images) ? result.images : []
  return mediaResult(images.flatMap((image) => fileContent(image, 'image/png')))
}

async function speak({ prompt, abortSignal, headers }: Options, { model, ask, parameters }: Media) {
  const { instructions, text } = mediaPromptOf(prompt, { model: model.modelId, takes: undefined })
  const { voice, response_format: outputFormat, speed, language, ...others } = parameters
  const result = await ask({
    text,
    voice,
    outputFormat,
    speed,
    language,
    instructions: instructions === '' ? undefined : instructions,
    ...restFor(model, others, { abortSignal, headers }),
  })
  const audio = 'audio' in result ? result.audio : undefined
  return mediaResult(fileContent(audio, typeOfFormat(outputFormat) ?? 'audio/mpeg'))
}

async function transcribe({ prompt, abortSignal, headers }: Options, { model, ask, parameters }: Media) {
  const { files } = mediaPromptOf(prompt, { model: model.modelId, takes: 'audio' })
  const [first] = files
  if (first === undefined || files.length > 1) {
    throw new SygraError(
      'bad_data',
      `model "${model.modelId}" transcribes one sound; found ${files.length} in its prompt`,
    )
  }
  const { bytes, mediaType } = await bytesOfFile(first, abortSignal)
  const result = await ask({ audio: bytes, mediaType, ...restFor(model, parameters, { abortSignal, headers }) })
  const { text, segments, language, durationInSeconds }: Partial<Record<string, unknown>> = { ...result }
  return mediaResult([{ type: 'text', text: String(text ?? '') }], {
    details: { segments, language, duration: durationInSeconds },
  })
}

function restFor(
  { provider }: MediaModelObject,
  parameters: Readonly<Record<string, unknown>>,
  { abortSignal, headers }: Pick<Options, 'abortSignal' | 'headers'>,
): object {
  // Options of a provider stand under a part of its name: "openai" for "openai.image", "bedrock" for "amazon-bedrock".
  const names = [provider.split('.')[0] ?? provider, ...provider.split(/[.-]/)]
  return { providerOptions: Object.fromEntries(names.map((name) => [name, parameters])), abortSignal, headers }
}

/** A file as the AI SDK gives it: bytes, or base64. */
function fileContent(data: unknown, fallbackType: string): LanguageModelV3GenerateResult['content'] {
  if (typeof data !== 'string' && !(data instanceof Uint8Array)) return []
  const begin = typeof data === 'string' ? Buffer.from(data.slice(0, 32), 'base64') : data
  return [{ type: 'file', mediaType: typeOfBytes(begin) ?? fallbackType, data }]
}
