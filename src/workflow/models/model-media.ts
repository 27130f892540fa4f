import { SygraError } from '../../errors.ts'
import type { ModelType } from './models-config.ts'

export type MediaType = 'text' | 'image' | 'audio'

/** What a model takes and gives besides text, as models.yaml or its node say. */
export interface ModelMedia {
  readonly input: MediaType | undefined
  readonly output: MediaType | undefined
}

/** Services whose own interface has no chat with speech. */
const withoutSpeech: readonly ModelType[] = ['anthropic', 'bedrock', 'gemini', 'vertex_ai']

/**
 * Refuses models that are not asked by chat: asked for text they would answer with text, and a run would seem to have made
 * images or speech.
 *
 * @throws SygraError `bad_config` with what is missing and what to do.
 */
export function checkMedia(
  name: string,
  {
    type,
    upstreamModel,
    media,
  }: { readonly type: ModelType; readonly upstreamModel: string; readonly media: ModelMedia },
): void {
  const what = kindOfModel({ type, upstreamModel, media })
  if (what === undefined) return
  throw new SygraError(
    'bad_config',
    `model "${name}" ${what}, which is not there for nodes: call it in a lambda node with the SDK of its service, whose requests are counted as well`,
  )
}

function kindOfModel({
  type,
  upstreamModel,
  media,
}: {
  readonly type: ModelType
  readonly upstreamModel: string
  readonly media: ModelMedia
}): string | undefined {
  if (media.output === 'image') return 'makes images (output_type: image)'
  if (media.input === 'audio' && media.output !== 'audio') return 'transcribes (input_type: audio)'
  if (media.output !== 'audio') return undefined
  if (/audio/.test(upstreamModel) && !withoutSpeech.includes(type)) return undefined
  return 'makes speech (output_type: audio) and is no chat model such as gpt-audio'
}
