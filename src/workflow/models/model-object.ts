import type {
  ImageModelV3,
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3Content,
  SpeechModelV3,
  TranscriptionModelV3,
} from '@ai-sdk/provider'
import { SygraError } from '../../errors.ts'

/** An image, speech or transcription model of the AI SDK, as its packages make it. */
type MediaModelObject = ImageModelV3 | SpeechModelV3 | TranscriptionModelV3 | MediaModelV4

/** What is used here of the interface that goes with ai@7, written down as that of its language models is. */
interface MediaModelV4 {
  readonly specificationVersion: 'v4'
  readonly provider: string
  readonly modelId: string
  doGenerate(options: never): PromiseLike<object>
}

/** A model object of the AI SDK, as its packages make it: those that go with ai@6 (`v3`) or with ai@7 (`v4`). */
export type ModelObject = LanguageModelV3 | LanguageModelV4 | MediaModelObject

/** What a workflow needs of a model, whatever the version of its interface. */
export type AskableModel = Pick<LanguageModelV3, 'provider' | 'modelId' | 'doGenerate'>

/**
 * What is used here of the interface that goes with ai@7. It is written down rather than imported, so that our types hold
 * in a program that has either version.
 */
export interface LanguageModelV4 {
  readonly specificationVersion: 'v4'
  readonly provider: string
  readonly modelId: string
  /** Takes the options of its own version, which `optionsV4` makes. */
  doGenerate(options: never): PromiseLike<GenerateResultV4>
}

type GenerateResultV3 = Awaited<ReturnType<LanguageModelV3['doGenerate']>>

interface GenerateResultV4 extends Pick<GenerateResultV3, 'response'> {
  readonly content: readonly { readonly type: string }[]
  readonly finishReason: { readonly unified: string; readonly raw: string | undefined }
  readonly usage: Omit<GenerateResultV3['usage'], 'raw'>
}

/**
 * A model that is asked by chat, to be asked in the one way that workflows ask.
 *
 * @param model that `purposeOfObject` says to be one that chats.
 * @throws SygraError `bad_config` for an object of another version of the AI SDK.
 */
export function askableModelOf(model: ModelObject): AskableModel {
  if (isLanguageModelV3(model)) return model
  if (isLanguageModelV4(model)) return askableV4(model)
  const { specificationVersion, modelId, provider } = model
  throw new SygraError(
    'bad_config',
    `the model object "${modelId}" of ${provider} follows version ${specificationVersion} of the AI SDK's interface; expected v3 or v4, as in the packages that go with ai@6 and ai@7`,
  )
}

// Of what it is for its purpose tells; the version is all that is left to be told apart.

function isLanguageModelV3(model: ModelObject): model is LanguageModelV3 {
  return model.specificationVersion === 'v3'
}

function isLanguageModelV4(model: ModelObject): model is LanguageModelV4 {
  return model.specificationVersion === 'v4'
}

function askableV4(model: LanguageModelV4): AskableModel {
  return {
    provider: model.provider,
    modelId: model.modelId,
    async doGenerate(options) {
      const result = await model.doGenerate(optionsV4(options))
      const { unified, raw } = result.finishReason
      return {
        ...result,
        content: result.content.filter(isKnownContent),
        finishReason: { unified: knownFinishReasons.find((reason) => reason === unified) ?? 'other', raw },
        warnings: [],
      }
    },
  }
}

// The types of that version are not at hand; files are all in which its options differ from those of v3.
function optionsV4(options: LanguageModelV3CallOptions): never {
  return { ...options, prompt: options.prompt.map(withTaggedFiles) } as never
}

type Message = LanguageModelV3CallOptions['prompt'][number]

/** Since ai@7 a file says of its data whether it is a URL. */
function withTaggedFiles(message: Message): object {
  if (typeof message.content === 'string') return message
  const content = message.content.map((part) => {
    if (part.type !== 'file') return part
    const { data } = part
    return { ...part, data: data instanceof URL ? { type: 'url', url: data } : { type: 'data', data } }
  })
  return { ...message, content }
}

const knownContent = ['text', 'reasoning', 'source', 'tool-call', 'tool-result', 'file']

function isKnownContent(part: { readonly type: string }): part is LanguageModelV3Content {
  return knownContent.includes(part.type)
}

const knownFinishReasons = ['stop', 'length', 'content-filter', 'tool-calls', 'error', 'other'] as const
