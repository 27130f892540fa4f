import { SygraError } from '../../../errors.ts'
import type { ModelClient } from '../../models/model-call.ts'
import { isChat, wordsOfPurpose } from '../../models/model-purpose.ts'
import type { ChatNodeConfig } from './chat-config.ts'
import { type PromptPart, promptMessagesOf } from './prompt.ts'

/**
 * Refuses what only a chat can do.
 *
 * @throws SygraError `bad_config`
 */
export function checkPurpose(
  { identity, purpose }: ModelClient,
  { where, hasForm, hasTools }: { readonly where: string; readonly hasForm: boolean; readonly hasTools: boolean },
): void {
  const unfit = hasForm && purpose !== 'chat' ? 'structured_output' : hasTools && !isChat(purpose) ? 'tools' : undefined
  if (unfit === undefined) return
  throw new SygraError(
    'bad_config',
    `${where}: ${unfit}: model "${identity.name}" ${wordsOfPurpose(purpose)}, for which there is no ${unfit}; leave it out, or ask a model that answers with text`,
  )
}

/**
 * Refuses a prompt whose parts are of another kind than its model takes: every record would fail.
 *
 * @throws SygraError `bad_config`
 */
export function checkPromptParts(
  { identity, purpose }: ModelClient,
  { prompt, input_key: inputKey }: Pick<ChatNodeConfig, 'prompt' | 'input_key'>,
  where: string,
): void {
  const contents = promptMessagesOf(prompt).map(({ content }) => content)
  const has = (type: PromptPart['type']) =>
    contents.some((content) => typeof content !== 'string' && content.some((part) => part.type === type))
  const problem =
    purpose === 'transcription' && !has('audio_url') && inputKey === undefined
      ? 'has no audio_url'
      : purpose === 'speech' && has('image_url')
        ? 'has an image_url'
        : (purpose === 'speech' || purpose === 'images') && has('audio_url')
          ? 'has an audio_url'
          : undefined
  if (problem === undefined) return
  throw new SygraError(
    'bad_config',
    `${where}: model "${identity.name}" ${wordsOfPurpose(purpose)}, and its prompt ${problem}: see docs/media.md`,
  )
}
