import { anthropic } from './anthropic.ts'
import { bedrockConverse } from './bedrock-converse.ts'
import { gemini } from './gemini.ts'
import { countOf, firstOf, isRecord, memberOf } from './json-value.ts'
import { ollama } from './ollama.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import type { AnswerFacts, WireFormat } from './parser.ts'
import { tgi } from './tgi.ts'

/**
 * What an answer tells that a program holds as an object, as SDKs give it, whichever format it came in. Empty when the
 * object has the shape of none.
 */
export function readAnswerObject(value: unknown): AnswerFacts {
  return formatOf(value)?.readAnswer(value) ?? {}
}

/** OpenAI's way comes last: many speak it, with members of their own. */
function formatOf(value: unknown): WireFormat | undefined {
  if (isRecord(memberOf(firstOf(value) ?? value, 'details'))) return tgi
  if (!isRecord(value)) return undefined
  if (isRecord(value.usageMetadata)) return gemini
  if (countOf(value.eval_count) !== undefined || countOf(value.prompt_eval_count) !== undefined) return ollama
  const { usage } = value
  if (value.object === 'response') return openaiResponses
  if (value.type === 'message' || memberOf(usage, 'cache_read_input_tokens') !== undefined) return anthropic
  if (value.stopReason !== undefined && memberOf(usage, 'inputTokens') !== undefined) return bedrockConverse
  return isRecord(usage) ? openaiChat : undefined
}
