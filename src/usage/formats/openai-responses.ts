import type { FeeCount } from '../../metadata/usage.ts'
import { addDoubts, errorTypeIn, factsOf, finishReasonOf, mergeFacts, rawUsageOf, withDoubts } from '../answer-facts.ts'
import { doubtsBeside } from '../count-table.ts'
import { isFilled, isRecord, memberOf, textOf } from '../json-value.ts'
import { hasMembers } from '../request-facts.ts'
import type { AnswerContext, AnswerFacts, DeferredResult, StreamMessage, WireFormat } from '../wire-format.ts'
import { readOpenaiRequest } from './openai-chat.ts'
import { readOpenaiUsage, reportedCostIn } from './openai-usage.ts'

const endTypes: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete', 'response.failed'])

/**
 * OpenAI's Responses: the usage is in the answer, and in the last event of a stream, unasked. Calls of the tools that
 * OpenAI runs are charged beside it and counted in the output.
 */
export const openaiResponses: WireFormat = {
  name: 'openai-responses',
  operation: 'chat',
  endpoints: [
    { path: '/responses' },
    { path: '/responses/compact' },
    { path: '/responses/{}', method: 'GET', role: 'deferred-result' },
  ],
  accepts: (request) => hasMembers(request, 'input') || hasMembers(request, 'prompt'),
  readRequest: (request) => readOpenaiRequest(request),
  usageMembers: ['usage', 'tool_usage', 'response'],
  readAnswer: (answer, context) => withDeferral(answer, readResponse(answer, context)),
  readResult: readStoredResponse,
  streamFraming: 'sse',
  streamKeys: {
    telling: ['usage', 'error'],
    tellingValues: [...endTypes],
    output: ['delta'],
  },
  readMessage: readEvent,
  isToken: ({ data }) => String(memberOf(data, 'type')).endsWith('.delta') && isFilled(memberOf(data, 'delta')),
}

function readResponse(answer: unknown, { request, known }: AnswerContext = {}): AnswerFacts {
  if (!isRecord(answer)) return {}
  const model = textOf(answer.model)
  const fees = toolFeesOf(answer)
  const usage = readOpenaiUsage(answer.usage, { model: model ?? known?.model ?? request?.model, fees })
  return factsOf({
    usage: addDoubts(usage, toolDoubtsOf(answer)),
    rawUsage: rawUsageOf(answer.usage),
    model,
    responseId: textOf(answer.id),
    finishReason: finishReasonOf(memberOf(answer.incomplete_details, 'reason')) ?? finalReasonOf(answer.status),
    serviceTier: textOf(answer.service_tier),
    errorType: errorTypeIn(answer) ?? (answer.status === 'failed' ? 'failed' : undefined),
    reportedCostUsd: reportedCostIn(answer.usage, request?.provider),
  })
}

/** A whole answer that is not done: the model works in the background, and a GET tells what came of it. */
function withDeferral(answer: unknown, facts: AnswerFacts): AnswerFacts {
  return isUnderWay(answer) && facts.usage === undefined ? { ...facts, isDeferred: true } : facts
}

function isUnderWay(answer: unknown): boolean {
  const status = memberOf(answer, 'status')
  return status === 'queued' || status === 'in_progress'
}

/** Every response can be read again later; only one in the background has its usage then for the first time. */
function readStoredResponse(answer: unknown): DeferredResult | undefined {
  const facts = readResponse(answer)
  const { responseId } = facts
  const isResponse = memberOf(answer, 'object') === 'response'
  if (responseId === undefined || !isResponse || isUnderWay(answer)) return undefined
  const errorType = facts.errorType ?? (memberOf(answer, 'status') === 'cancelled' ? 'cancelled' : undefined)
  const mayBeCounted = memberOf(answer, 'background') !== true
  const known = withDoubts(factsOf({ ...facts, errorType }), doubtsBeside(answer, openaiResponses.usageMembers))
  return { answers: [{ id: responseId, facts: known, mayBeCounted }] }
}

function readEvent(facts: AnswerFacts, { data }: StreamMessage, context: AnswerContext): AnswerFacts {
  const response = memberOf(data, 'response')
  if (!isRecord(response)) return mergeFacts(facts, { errorType: errorTypeIn(data) })
  const isEnd = endTypes.has(String(memberOf(data, 'type')))
  return mergeFacts(facts, { ...readResponse(response, context), isComplete: isEnd ? true : undefined })
}

/** A response that is `queued` or `in_progress` has not finished for any reason. */
function finalReasonOf(status: unknown): string | undefined {
  if (status === 'incomplete') return status
  return status === 'completed' || status === 'failed' ? finishReasonOf(status) : undefined
}

/** What the tools that OpenAI runs itself are charged for. A tool that was offered and not called costs nothing. */
function toolFeesOf({ output, tools, usage }: Record<string, unknown>): readonly FeeCount[] {
  if (!Array.isArray(output) || !isRecord(usage)) return []
  const fees: FeeCount[] = []
  const searches = output.filter(isWebSearch).length
  // xAI, which speaks this format too, counts its searches in the usage, and OpenRouter as well.
  const isCounted = usage.server_side_tool_usage_details !== undefined || usage.server_tool_use !== undefined
  if (searches > 0 && !isCounted) fees.push(webSearchFee(searches, tools))
  const fileSearches = countOf(output, 'file_search_call')
  if (fileSearches > 0 && !isCounted) fees.push({ unit: 'fileSearch', quantity: fileSearches })
  const containers = new Set(output.map(containerIn).filter((id) => id !== undefined))
  if (containers.size > 0 && !isCounted) fees.push(containerFee(containers.size, tools))
  const images = countOf(output, 'image_generation_call')
  if (images > 0) fees.push({ unit: 'image', quantity: images })
  return fees
}

/** Opening a page that was found, or finding a text in it, is no further search. */
function isWebSearch(item: unknown): boolean {
  if (typeIn(item) !== 'web_search_call') return false
  const action = memberOf(memberOf(item, 'action'), 'type')
  return action === undefined || action === 'search'
}

/** The container that an item ran in: of the code interpreter, or of a shell that OpenAI runs. */
function containerIn(item: unknown): unknown {
  if (typeIn(item) === 'code_interpreter_call') return memberOf(item, 'container_id') ?? ''
  return typeIn(item) === 'shell_call' ? memberOf(memberOf(item, 'environment'), 'container_id') : undefined
}

// Source: the output items of the package openai, 6 and 7. What is not charged, or charged by what is counted above.
const knownCalls: ReadonlySet<unknown> = new Set([
  ...['function_call', 'custom_tool_call', 'mcp_call', 'computer_call', 'local_shell_call', 'shell_call'],
  ...['apply_patch_call', 'tool_search_call', 'web_search_call', 'file_search_call', 'code_interpreter_call'],
  // xAI's searches are in its usage.
  ...['image_generation_call', 'x_search_call', 'collections_search_call', 'program_call'],
])

/** Calls of tools that nobody knows the price of. */
function toolDoubtsOf({ output, usage }: Record<string, unknown>): readonly string[] {
  if (!Array.isArray(output) || !isRecord(usage)) return []
  const types = new Set(output.map(typeIn).filter((type) => /^\w{1,40}_call$/.test(String(type))))
  return [...types].filter((type) => !knownCalls.has(type)).map((type) => `it is not known what ${type} is charged at`)
}

function webSearchFee(quantity: number, tools: unknown): FeeCount {
  const isPreview = Array.isArray(tools) && tools.some((tool) => String(typeIn(tool)).startsWith('web_search_preview'))
  return isPreview ? { unit: 'webSearch', quantity, variant: 'preview' } : { unit: 'webSearch', quantity }
}

/** A container is charged by its memory, where that is not the usual gigabyte. */
function containerFee(quantity: number, tools: unknown): FeeCount {
  const tool = Array.isArray(tools) ? tools.find((one) => typeIn(one) === 'code_interpreter') : undefined
  const memory = textOf(memberOf(memberOf(tool, 'container'), 'memory_limit'))
  return memory === undefined || memory === '1g'
    ? { unit: 'codeInterpreter', quantity }
    : { unit: 'codeInterpreter', quantity, variant: memory }
}

function countOf(output: readonly unknown[], type: string): number {
  return output.filter((item) => typeIn(item) === type).length
}

function typeIn(item: unknown): unknown {
  return memberOf(item, 'type')
}
