import { errorTypeIn } from './error-type.ts'
import { mergeFacts } from './facts.ts'
import { providerOfHost } from './hosts.ts'
import { firstOf, isFilled, isRecord, memberOf, textOf } from './json-value.ts'
import { readRequestWithSwitch } from './openai-request.ts'
import { type OpenaiUsageRules, readOpenaiUsage, readTimings, reportedCostIn } from './openai-usage.ts'
import type { AnswerFacts, StreamMessage, WireFormat } from './parser.ts'
import { rawUsageOf } from './raw-usage.ts'
import { pathOf } from './request.ts'

/**
 * OpenAI's chat completions, and everyone who speaks them: Azure, vLLM, SGLang, llama.cpp, LM Studio, TGI, Groq,
 * DeepSeek, OpenRouter. Usage is in the answer; in a stream it comes last, and only when asked for.
 */
export const openaiChat: WireFormat = {
  name: 'openai-chat',
  matches: (url) => pathOf(url).endsWith('/chat/completions'),
  provider: providerOfHost,
  readRequest: readRequestWithSwitch,
  readAnswer: (answer) => readChatFacts(answer),
  streamFraming: 'sse',
  streamKeys: {
    telling: ['finish_reason', 'error', 'x_groq', 'timings'],
    running: 'usage',
    output: ['content', 'reasoning_content', 'reasoning', 'tool_calls', 'function_call', 'refusal', 'audio'],
  },
  readMessage: (facts, message) => foldChatMessage(facts, message),
  isToken: isChatToken,
}

/** What one answer or one chunk tells. */
export function readChatFacts(answer: unknown, rules?: OpenaiUsageRules): AnswerFacts {
  if (!isRecord(answer)) return {}
  const raw = answer.usage ?? memberOf(answer.x_groq, 'usage')
  const usage = readOpenaiUsage(raw, rules)
  const timings = usage === undefined ? readTimings(answer.timings) : undefined
  return {
    usage: usage ?? timings,
    rawUsage: rawUsageOf(timings === undefined ? raw : answer.timings),
    model: textOf(answer.model),
    responseId: textOf(answer.id),
    finishReason: finishReasonIn(answer.choices),
    serviceTier: textOf(answer.service_tier),
    errorType: errorTypeIn(answer) ?? errorTypeIn(firstOf(answer.choices)) ?? errorTypeIn(answer.x_groq),
    reportedCostUsd: reportedCostIn(raw),
  }
}

/** Folds one chunk of a stream; `[DONE]` ends it. */
export function foldChatMessage(facts: AnswerFacts, message: StreamMessage, rules?: OpenaiUsageRules): AnswerFacts {
  if (message.text === '[DONE]') return { ...facts, isComplete: true }
  return mergeFacts(facts, readChatFacts(message.data, rules))
}

function finishReasonIn(choices: unknown): string | undefined {
  if (!Array.isArray(choices)) return undefined
  for (const choice of choices) {
    const reason = textOf(memberOf(choice, 'finish_reason'))
    if (reason !== undefined) return reason
  }
  return undefined
}

function isChatToken({ data }: StreamMessage): boolean {
  const delta = memberOf(firstOf(memberOf(data, 'choices')), 'delta')
  if (!isRecord(delta)) return false
  return (
    isFilled(delta.content) ||
    isFilled(delta.reasoning_content) ||
    isFilled(delta.reasoning) ||
    isFilled(delta.tool_calls) ||
    isRecord(delta.function_call) ||
    isFilled(delta.refusal) ||
    isRecord(delta.audio)
  )
}
