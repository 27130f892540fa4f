import { SygraError } from '../../../errors.ts'
import { describeValue } from '../../config/config-value.ts'
import type { ModelClient } from '../../models/model-call.ts'
import { givesMedia } from '../../models/model-purpose.ts'
import { thinkRemovers } from '../../models/models-config.ts'
import type { NodeParts } from '../node-kind.ts'
import type { Converse } from './converse.ts'

/** A conversation whose answer is changed as `models.yaml` says of the model; as it is where it says nothing. */
export async function withTextProcess(
  converse: Converse,
  { client, parts }: { readonly client: ModelClient; readonly parts: Pick<NodeParts, 'function' | 'where'> },
): Promise<Converse> {
  const reference = client.resolved?.postProcess
  // What makes images or speech has no text to change.
  if (reference === undefined || givesMedia(client.purpose)) return converse
  const isRemover = thinkRemovers.some((name) => name === reference)
  const process = isRemover ? withoutThoughts : await parts.function(reference, 'model')
  return async (call, turn) => {
    const reply = await converse(call, turn)
    const content: unknown = await process?.(reply.answer.content)
    if (typeof content === 'string') return { ...reply, answer: { ...reply.answer, content } }
    const { name } = client.identity
    throw new SygraError(
      'bad_function',
      `post_process of model "${name}" gave ${describeValue(content)}; expected the text of the answer`,
    )
  }
}

/** A text without its first `<think>…</think>`, in which reasoning models put their thoughts. */
function withoutThoughts(text: unknown): unknown {
  if (typeof text !== 'string') return text
  // Not by an expression: of thoughts that never end each beginning would be followed to the end of the text.
  const start = text.indexOf('<think>')
  const end = start < 0 ? -1 : text.indexOf('</think>', start)
  return end < 0 ? text : text.slice(0, start) + text.slice(end + '</think>'.length)
}
