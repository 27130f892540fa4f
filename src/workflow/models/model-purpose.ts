import { SygraError } from '../../errors.ts'
import type { ModelType } from './models-config.ts'

export type MediaType = 'text' | 'image' | 'audio'

/** What a model takes and gives besides text, as models.yaml or its node say. */
export interface ModelMedia {
  readonly input: MediaType | undefined
  readonly output: MediaType | undefined
}

/** What is asked of a model, which decides how its service is called and what it is charged by. */
export type ModelPurpose = 'chat' | 'speaking-chat' | 'images' | 'speech' | 'transcription'

/** What is asked of models that do not chat. */
export type MediaPurpose = Exclude<ModelPurpose, 'chat' | 'speaking-chat'>

/** True for models that are asked by chat; the others take neither tools nor a schema. */
export function isChat(purpose: ModelPurpose): purpose is 'chat' | 'speaking-chat' {
  return purpose === 'chat' || purpose === 'speaking-chat'
}

/** True for models that answer with images or speech. */
export function givesMedia(purpose: ModelPurpose): boolean {
  return purpose !== 'chat' && purpose !== 'transcription'
}

/** A purpose in words for people: what a model does. */
export function wordsOfPurpose(purpose: ModelPurpose): string {
  return purposeWords[purpose]
}

const purposeWords: Readonly<Record<ModelPurpose, string>> = {
  chat: 'answers with text',
  'speaking-chat': 'answers with speech',
  images: 'makes images',
  speech: 'reads a text aloud',
  transcription: 'writes down what is said',
}

/** Services whose own interface is not OpenAI's: no speech, and sounds are heard in a chat. */
const withoutOpenAIMedia: readonly ModelType[] = ['anthropic', 'bedrock', 'gemini', 'vertex_ai']

/** Those of them that make images. */
const makersOfImages: readonly ModelType[] = ['bedrock', 'gemini', 'vertex_ai']

/**
 * What a model is for: images where it gives images, speech where it gives sound, transcription where it takes sound and
 * gives text. Of OpenAI's models those with "audio" in their name do both in a chat.
 *
 * @throws SygraError `bad_config` for what its service does not do: asked for text it would answer with text, and a run would
 * seem to have made images or speech.
 */
export function purposeOf(
  name: string,
  {
    type,
    upstreamModel,
    media: { input, output },
  }: { readonly type: ModelType; readonly upstreamModel: string; readonly media: ModelMedia },
): ModelPurpose {
  const isOpenAI = !withoutOpenAIMedia.includes(type)
  if (output === 'image') {
    if (isOpenAI || makersOfImages.includes(type)) return 'images'
    throw notThere(name, `makes images (output_type: image), which the interface of ${type} does not`)
  }
  const isAudioChat = /audio/i.test(upstreamModel)
  if (output === 'audio') {
    if (isOpenAI) return isAudioChat ? 'speaking-chat' : 'speech'
    throw notThere(name, `makes speech (output_type: audio), for which ${type} is not asked here`)
  }
  return input === 'audio' && isOpenAI && !isAudioChat ? 'transcription' : 'chat'
}

function notThere(name: string, what: string): SygraError {
  return new SygraError(
    'bad_config',
    `model "${name}" ${what}: take one of a service of OpenAI's formats, or call it in a lambda node with the SDK of its service, whose requests are counted as well`,
  )
}
