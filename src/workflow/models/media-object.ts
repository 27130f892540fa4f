import type { ImageModelV3File, LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import { SygraError } from '../../errors.ts'
import { typeOfContent, typeOfFormat } from '../media/media-type.ts'
import { bytesOfFile, imageAskOf, type MediaModel, speechAskOf, transcriptAskOf } from './clients/media-prompt.ts'
import { mediaResult } from './clients/media-result.ts'
import type { AskableModel, ModelObject } from './model-object.ts'
import type { MediaPurpose, ModelMedia, ModelPurpose } from './model-purpose.ts'

/**
 * What is asked of an object of the AI SDK. It is told by what only some of them have, then by what its node says: speech and transcription models
 * are told apart by the end of their provider's name.
 */
export function purposeOfObject(object: object & { readonly provider: string }, media: ModelMedia): ModelPurpose {
  if ('doStream' in object) return 'chat'
  if ('maxImagesPerCall' in object || media.output === 'image') return 'images'
  if (media.output === 'audio' || /speech$/i.test(object.provider)) return 'speech'
  return media.input === 'audio' || /transcription$/i.test(object.provider) ? 'transcription' : 'chat'
}

interface Asking {
  readonly purpose: MediaPurpose
  /** Those that the common interface has a name for are given by it, the others as they are. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Its name in the workflow, and what it takes. */
  readonly named: MediaModel
}

/** The model, to be asked by a chat like any other. */
export function askableMediaModel(object: ModelObject, { purpose, parameters, named }: Asking): AskableModel {
  const { provider, modelId } = object
  const ask = (options: object) => object.doGenerate(options as never)
  const media = { named, provider, ask, parameters }
  return { provider, modelId, doGenerate: (options) => askFor[purpose](options, media) }
}

interface Media extends Pick<Asking, 'named' | 'parameters'> {
  readonly provider: string
  readonly ask: (options: object) => PromiseLike<object>
}

type Options = Parameters<AskableModel['doGenerate']>[0]

const askFor: Readonly<
  Record<MediaPurpose, (options: Options, media: Media) => Promise<LanguageModelV3GenerateResult>>
> = { images: makeImages, speech: speak, transcription: transcribe }

async function makeImages({ prompt, abortSignal, headers }: Options, { named, provider, ask, parameters }: Media) {
  const { asked, files } = imageAskOf(prompt, named, { needsText: false })
  const given = await Promise.all(files.map((file) => bytesOfFile(file, abortSignal)))
  const { n = 1, size, aspect_ratio: aspectRatio, seed, ...others } = parameters
  const result = await ask({
    prompt: asked,
    n,
    size,
    aspectRatio,
    seed,
    files:
      given.length === 0
        ? undefined
        : given.map((file): ImageModelV3File => ({ type: 'file', mediaType: file.mediaType, data: file.bytes })),
    mask: undefined,
    ...restFor(provider, others, { abortSignal, headers }),
  })
  const images: readonly unknown[] = 'images' in result && Array.isArray(result.images) ? result.images : []
  return mediaResult(
    images.flatMap((image) => fileContent(image, 'image/png')),
    { warnings: warningsOf(result) },
  )
}

async function speak({ prompt, abortSignal, headers }: Options, { named, provider, ask, parameters }: Media) {
  const { instructions, text } = speechAskOf(prompt, named)
  const { voice, response_format: outputFormat, speed, language, ...others } = parameters
  const result = await ask({
    text,
    voice,
    outputFormat,
    speed,
    language,
    instructions,
    ...restFor(provider, others, { abortSignal, headers }),
  })
  const audio = 'audio' in result ? result.audio : undefined
  return mediaResult(fileContent(audio, typeOfFormat(outputFormat) ?? 'audio/mpeg'), { warnings: warningsOf(result) })
}

async function transcribe({ prompt, abortSignal, headers }: Options, { named, provider, ask, parameters }: Media) {
  const { file, hint } = transcriptAskOf(prompt, named)
  const { bytes, mediaType } = await bytesOfFile(file, abortSignal)
  // The common interface has no place for a hint: those that take one have it among the options of their provider.
  const own = hint === undefined ? parameters : { prompt: hint, ...parameters }
  const result = await ask({ audio: bytes, mediaType, ...restFor(provider, own, { abortSignal, headers }) })
  const { text, segments, language, durationInSeconds }: Partial<Record<string, unknown>> = { ...result }
  if (typeof text !== 'string') {
    throw new SygraError('model_answer', `model "${named.name}" writes down what is said, and its answer has no text`)
  }
  return mediaResult([{ type: 'text', text }], {
    details: { segments, language, duration: durationInSeconds },
    warnings: warningsOf(result),
  })
}

function restFor(
  provider: string,
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
  return [{ type: 'file', mediaType: typeOfContent(data) ?? fallbackType, data }]
}

type Warnings = LanguageModelV3GenerateResult['warnings']

/** What the object says of parameters that it left out; of its own version, those that have a known form. */
function warningsOf(result: object): Warnings {
  const warnings: readonly unknown[] = 'warnings' in result && Array.isArray(result.warnings) ? result.warnings : []
  return warnings.filter(isWarning)
}

function isWarning(value: unknown): value is Warnings[number] {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false
  if (value.type === 'other') return 'message' in value
  return (value.type === 'unsupported' || value.type === 'compatibility') && 'feature' in value
}
