import type { FeeCount, Usage } from '../../metadata/usage.ts'
import { mergeFacts } from '../answer-facts.ts'
import { isRecord, memberOf, textOf } from '../json-value.ts'
import { hasMembers } from '../request-facts.ts'
import type { AnswerContext, AnswerFacts, RequestFacts, RequestInHand, WireFormat } from '../wire-format.ts'
import { readChatFacts, readOpenaiRequest } from './openai-chat.ts'

/**
 * OpenAI's images, and those of Azure, xAI and Together: newer models count tokens, the others are charged by the image,
 * its quality and its size.
 */
export const openaiImages: WireFormat = {
  name: 'openai-images',
  operation: 'image_generation',
  endpoints: ['generations', 'edits', 'variations'].map((operation) => ({ path: `/images/${operation}` })),
  accepts: (request) => hasMembers(request, 'prompt') || hasMembers(request, 'model') || hasMembers(request, 'image'),
  readRequest,
  usageMembers: ['usage'],
  readAnswer,
  streamFraming: 'sse',
  streamKeys: { telling: ['usage', 'error'], tellingValues: ['image_generation.completed'], output: ['b64_json'] },
  readMessage: (facts, { data }, context) => {
    const isEnd = String(memberOf(data, 'type')).endsWith('.completed')
    return mergeFacts(facts, { ...readImageFacts(data, context), isComplete: isEnd ? true : undefined })
  },
  isToken: ({ data }) => memberOf(data, 'b64_json') !== undefined,
}

/** Parameters that only OpenAI's newer models take, so that without a model they mean one of those. */
const newerParameters = ['background', 'moderation', 'output_format', 'output_compression', 'input_fidelity']

function readRequest(request: RequestInHand): RequestFacts {
  const facts = readOpenaiRequest(request)
  const isNewer = newerParameters.some((name) => memberOf(request.body, name) !== undefined)
  const isDefault = facts.model === undefined && request.body !== undefined && !isNewer
  return isDefault ? { ...facts, model: 'dall-e-2' } : facts
}

function readAnswer(answer: unknown, context: AnswerContext = {}): AnswerFacts {
  const facts = readImageFacts(answer, context)
  const images = memberOf(answer, 'data')
  if (facts.usage !== undefined || !Array.isArray(images) || images.length === 0) return facts
  const variant = imageVariantOf(context.request, isRecord(answer) ? answer : {})
  const fee: FeeCount = { unit: 'image', quantity: images.length }
  return { ...facts, usage: { fees: [variant === undefined ? fee : { ...fee, variant }] } }
}

function readImageFacts(answer: unknown, context: AnswerContext): AnswerFacts {
  const facts = readChatFacts(answer, context)
  return facts.usage === undefined ? facts : { ...facts, usage: asImages(facts.usage) }
}

/** Where the output is not told by kind, all of it is the images that were asked for. */
function asImages({ output, ...usage }: Usage): Usage {
  const isSplit = usage.outputImage !== undefined || output === undefined
  return isSplit ? { output, ...usage } : { ...usage, outputImage: output }
}

/** What the price of an image depends on, with OpenAI's defaults for its own models. */
export function imageVariantOf(
  request: AnswerContext['request'],
  answer: Readonly<Record<string, unknown>> = {},
): string | undefined {
  const { model = '', parameters = {} } = request ?? {}
  const isDallE3 = model.startsWith('dall-e-3')
  const isDallE = model.startsWith('dall-e')
  const size = textOf(answer.size) ?? textOf(parameters.size) ?? (isDallE ? '1024x1024' : undefined)
  const quality = textOf(answer.quality) ?? textOf(parameters.quality)
  const isQualityMeant = isDallE3 || (!isDallE && quality !== undefined)
  const words = [isQualityMeant ? (quality ?? 'standard') : undefined, size].filter((word) => word !== undefined)
  return words.length === 0 ? undefined : words.join(' ')
}
