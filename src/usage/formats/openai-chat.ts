import { errorTypeIn, finishReasonOf, mergeFacts, rawUsageOf } from '../answer-facts.ts'
import { decodePart } from '../endpoints/endpoint.ts'
import { firstOf, isFilled, isRecord, memberOf, textOf } from '../json-value.ts'
import { hasMembers, modelIn, parametersIn } from '../request-facts.ts'
import type {
  AnswerContext,
  AnswerFacts,
  HostRule,
  RequestFacts,
  RequestInHand,
  StreamMessage,
  WireFormat,
} from '../wire-format.ts'
import { type OpenaiUsageRules, readOpenaiUsage, readTimings, reportedCostIn } from './openai-usage.ts'

/** Who speaks OpenAI's formats, and has none of its own here. */
const hosts: readonly HostRule[] = [
  { end: 'api.openai.com', provider: 'openai' },
  ...['.openai.azure.com', '.openai.azure.us', '.cognitiveservices.azure.com', '.ai.azure.com', '.azure-api.net'].map(
    (end) => ({ end, provider: 'azure' }),
  ),
  { end: 'api.groq.com', provider: 'groq' },
  { end: 'api.deepseek.com', provider: 'deepseek' },
  { end: 'openrouter.ai', provider: 'openrouter' },
  { end: 'api.together.xyz', provider: 'together' },
  { end: 'api.together.ai', provider: 'together' },
  { end: 'api.fireworks.ai', provider: 'fireworks' },
  { end: 'api.perplexity.ai', provider: 'perplexity' },
  { end: 'api.cerebras.ai', provider: 'cerebras' },
  { end: 'api.moonshot.ai', provider: 'moonshotai' },
  { end: 'api.moonshot.cn', provider: 'moonshotai' },
  { end: 'api.novita.ai', provider: 'novita' },
  { end: 'api.minimax.io', provider: 'minimax' },
  { end: 'api.z.ai', provider: ({ pathname }) => (pathname.startsWith('/api/coding/') ? 'zai-subscription' : 'zai') },
  { end: 'open.bigmodel.cn', provider: 'zhipuai' },
  { end: 'dashscope.aliyuncs.com', provider: 'dashscope' },
  { end: 'dashscope-intl.aliyuncs.com', provider: 'dashscope' },
  { end: 'api.deepinfra.com', provider: 'deepinfra' },
  { end: '.githubcopilot.com', provider: 'github-copilot' },
  // What a ChatGPT plan pays for.
  { end: 'chatgpt.com', provider: 'chatgpt-subscription' },
  { end: 'api.kimi.com', provider: 'kimi-subscription' },
  { end: 'api.sambanova.ai', provider: 'sambanova' },
  { end: 'integrate.api.nvidia.com', provider: 'nvidia' },
  // A gateway in front of Azure keeps its paths.
  { pathPart: '/openai/deployments/', provider: 'azure' },
]

/**
 * OpenAI's chat completions, and everyone who speaks them: Azure, vLLM, SGLang, llama.cpp, LM Studio, TGI, Groq,
 * DeepSeek, OpenRouter. Usage is in the answer; in a stream it comes last, and only when asked for.
 */
export const openaiChat: WireFormat = {
  name: 'openai-chat',
  operation: 'chat',
  endpoints: [{ path: '/chat/completions' }],
  hosts,
  readRequest: readRequestWithSwitch,
  usageMembers: ['usage', 'x_groq', 'timings'],
  readAnswer: (answer, context) => readChatFacts(answer, context),
  streamFraming: 'sse',
  streamKeys: {
    // Cached tokens may be told once and left out when the usage is repeated.
    telling: ['finish_reason', 'error', 'x_groq', 'timings', 'cached_tokens'],
    running: 'usage',
    output: ['content', 'reasoning_content', 'reasoning', 'tool_calls', 'function_call', 'refusal', 'audio'],
  },
  readMessage: (facts, message, context) => foldChatMessage(facts, message, context),
  isToken: isChatToken,
}

/** OpenAI's legacy completions, as vLLM and others still serve them: the usage and its stream are those of chat. */
export const openaiCompletions: WireFormat = {
  ...openaiChat,
  name: 'openai-completions',
  operation: 'text_completion',
  endpoints: [{ path: '/completions' }],
  hosts: undefined,
  accepts: (request) => hasMembers(request, 'prompt'),
  streamKeys: { telling: ['finish_reason', 'error', 'timings'], running: 'usage', output: ['text'] },
  isToken: ({ data }) => isFilled(memberOf(firstOf(memberOf(data, 'choices')), 'text')),
}

const deploymentPath = /\/openai\/deployments\/([^/]+)\//

/** What a request in the manner of OpenAI says: Azure names its model, a deployment, in the path. */
export function readOpenaiRequest({ url, body, pathModel }: RequestInHand): RequestFacts {
  const deployment = deploymentPath.exec(url.pathname)?.[1]
  return {
    model: (deployment === undefined ? undefined : decodePart(deployment)) ?? modelIn(body) ?? pathModel,
    isStream: memberOf(body, 'stream') === true,
    parameters: parametersIn(body),
  }
}

/** The same for the formats whose streams carry usage only when asked, by `stream_options.include_usage`. */
export function readRequestWithSwitch(request: RequestInHand): RequestFacts {
  const facts = readOpenaiRequest(request)
  if (!facts.isStream) return facts
  return { ...facts, asksForUsage: memberOf(memberOf(request.body, 'stream_options'), 'include_usage') === true }
}

/**
 * The body of a streaming request that asks for usage, where its format has such a switch and the caller left it open;
 * undefined when there is nothing to change. The extra chunk this brings is for `createUsageChunkFilter` to hide.
 */
export function askForUsage(format: WireFormat, body: unknown): unknown | undefined {
  if (!isRecord(body) || body.stream !== true) return undefined
  if (format.readRequest !== readRequestWithSwitch) return undefined
  const options = body.stream_options
  // Whoever says no to it keeps it: only silence is filled in.
  if (memberOf(options, 'include_usage') !== undefined) return undefined
  return { ...body, stream_options: { ...(isRecord(options) ? options : {}), include_usage: true } }
}

/** What one answer or one chunk tells. */
export function readChatFacts(
  answer: unknown,
  { request, known }: AnswerContext = {},
  rules?: OpenaiUsageRules,
): AnswerFacts {
  if (!isRecord(answer)) return {}
  // Moonshot's streams have it in the last choice.
  const raw = answer.usage ?? memberOf(answer.x_groq, 'usage') ?? memberOf(firstOf(answer.choices), 'usage')
  const model = textOf(answer.model)
  const asked = model ?? known?.model ?? request?.model
  const usage = readOpenaiUsage(raw, { model: asked, fees: searchFeeOf(asked, raw), ...rules })
  const timings = usage === undefined ? readTimings(answer.timings) : undefined
  return {
    usage: usage ?? timings,
    rawUsage: rawUsageOf(timings === undefined ? raw : answer.timings),
    model,
    responseId: textOf(answer.id),
    finishReason: finishReasonIn(answer.choices),
    serviceTier: textOf(answer.service_tier) ?? textOf(memberOf(raw, 'service_tier')),
    errorType: errorTypeIn(answer) ?? errorTypeIn(firstOf(answer.choices)) ?? errorTypeIn(answer.x_groq),
    reportedCostUsd: reportedCostIn(raw, request?.provider),
  }
}

/** The models that search the web for every answer charge a search for it. */
function searchFeeOf(model: string | undefined, usage: unknown): OpenaiUsageRules['fees'] {
  if (model === undefined || !isRecord(usage)) return undefined
  if (/-search-preview/.test(model)) return [{ unit: 'webSearch', quantity: 1, variant: 'preview' }]
  return /-search-api/.test(model) ? [{ unit: 'webSearch', quantity: 1 }] : undefined
}

/** Folds one chunk of a stream; `[DONE]` ends it. */
export function foldChatMessage(
  facts: AnswerFacts,
  message: StreamMessage,
  context: AnswerContext,
  rules?: OpenaiUsageRules,
): AnswerFacts {
  if (message.text === '[DONE]') return { ...facts, isComplete: true }
  return mergeFacts(facts, readChatFacts(message.data, { ...context, known: facts }, rules))
}

function finishReasonIn(choices: unknown): string | undefined {
  if (!Array.isArray(choices)) return undefined
  for (const choice of choices) {
    const reason = finishReasonOf(memberOf(choice, 'finish_reason'))
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
