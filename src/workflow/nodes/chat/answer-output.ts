import { SygraError } from '../../../errors.ts'
import { describeValue } from '../../config/config-value.ts'
import { isStateMap, type State, type StateUpdate } from '../../graph/state.ts'
import type { ModelAnswer } from './answer.ts'
import type { AnswerForm } from './answer-form.ts'
import { type ChatMessage, type ChatRole, chatKey } from './chat-message.ts'

export interface AnswerOutputOptions {
  readonly outputKeys: string | readonly string[] | undefined
  readonly role?: ChatRole
  readonly form: AnswerForm | undefined
  /** Place of the node, for errors. */
  readonly where: string
}

/**
 * How an answer is written to the state where no function says so. A text goes to the node's key, or becomes a turn of the
 * chat. Of an answer in a form the keys that are named are taken; without names all of them; a name that is no key of the
 * form takes the whole.
 *
 * @throws SygraError `bad_config` for several keys that the answer cannot be divided among.
 */
export function answerOutput({
  outputKeys,
  role = 'assistant',
  form,
  where,
}: AnswerOutputOptions): (answer: ModelAnswer) => StateUpdate {
  const keys = outputKeys === undefined ? [] : [outputKeys].flat()
  const [key, ...others] = keys
  const areInForm = form !== undefined && keys.every((name) => form.keys.includes(name))
  if (others.length > 0 && !areInForm) {
    const known = form === undefined ? '' : `, or keys of its schema (${form.keys.join(', ')})`
    throw new SygraError(
      'bad_config',
      `${where}: output_keys names ${keys.join(', ')}; expected one key, a post_process that tells what goes where${known}`,
    )
  }
  return (answer) => {
    if (key === chatKey || (key === undefined && form === undefined)) {
      return { [chatKey]: [{ role, content: turnOf(answer) }] }
    }
    const value = outputValueOf(answer, form)
    if (!areInForm || !isStateMap(value)) return { [key ?? chatKey]: value }
    const wanted = keys.length > 0 ? keys : Object.keys(value)
    return Object.fromEntries(wanted.map((name) => [name, value[name]]))
  }
}

/** An answer as a turn of a chat: its text, or parts of what it made. */
function turnOf({ content, media }: ModelAnswer): ChatMessage['content'] {
  if (media === undefined) return content
  return media.map(({ kind, url }) =>
    kind === 'image' ? { type: 'image_url', image_url: url } : { type: 'audio_url', audio_url: url },
  )
}

/**
 * What an answer comes to: what its form gives, its text, an image or a sound, a list of several, or the tools it asks for
 * when it says nothing else.
 */
export function outputValueOf(
  { content, media, parsed, toolCalls }: ModelAnswer,
  form: AnswerForm | undefined,
): unknown {
  if (form !== undefined) return parsed
  if (media !== undefined && media.length > 1) return media.map(({ url }) => url)
  return content === '' && toolCalls !== undefined ? toolCalls : content
}

/** What a post-processor gave, as a change of the state: a map, or the value of the node's only key. */
export function processedOutput(value: unknown, outputKeys: string | readonly string[] | undefined): StateUpdate {
  if (value === undefined || value === null) return undefined
  if (isStateMap(value)) return value
  const [key, ...others] = outputKeys === undefined ? [] : [outputKeys].flat()
  if (key !== undefined && others.length === 0) return { [key]: value }
  throw new SygraError('bad_function', `post_process gave ${describeValue(value)}; expected a map of state keys`)
}

/** What a pre-processor gave; it may change its copy of the state in place and give nothing. */
export function processedState(value: unknown, state: State): State {
  if (value === undefined || value === null) return state
  if (isStateMap(value)) return value
  throw new SygraError('bad_function', `pre_process gave ${describeValue(value)}; expected the state, or nothing`)
}
