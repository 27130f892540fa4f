import { completionTokensOf, promptTokensOf, type Usage } from '../metadata/usage.ts'
import { anthropic } from './formats/anthropic.ts'
import { bedrockConverse } from './formats/bedrock.ts'
import { gemini } from './formats/gemini.ts'
import { ollama } from './formats/ollama.ts'
import { openaiChat } from './formats/openai-chat.ts'
import { openaiResponses } from './formats/openai-responses.ts'
import { tgi } from './formats/tgi.ts'
import { countOf, firstOf, isRecord, memberOf } from './json-value.ts'
import type { AnswerFacts, WireFormat } from './wire-format.ts'

/**
 * What an answer tells that a program holds as an object, as SDKs give it, whichever format it came in. Empty when the
 * object has the shape of none.
 */
export function readAnswerObject(value: unknown): AnswerFacts {
  const { usage, ...facts } = formatOf(value)?.readAnswer(value, {}) ?? {}
  // An object of any program may have a "usage" that is not meant.
  return usage === undefined || !hasCounts(usage) ? facts : { ...facts, usage }
}

function hasCounts(usage: Usage): boolean {
  return promptTokensOf(usage) !== undefined || completionTokensOf(usage) !== undefined || usage.fees !== undefined
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
