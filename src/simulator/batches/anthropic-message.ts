import { z } from 'zod'
import type { AnswerPart, Choice } from '../answers/completion.ts'
import type { Completion } from '../attempts/chat-body.ts'
import { type ChatRequest, chatRequest } from '../chat-request.ts'
import type { ApiError } from '../http-answer.ts'
import { jsonOf } from '../request-body.ts'

const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  id: z.string().optional(),
  name: z.string().optional(),
  input: z.unknown().optional(),
  tool_use_id: z.string().optional(),
  content: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]).optional(),
})
const content = z.union([z.string(), z.array(block)])
type Block = z.output<typeof block>

/** A request of Anthropic's messages, as far as the simulator looks at it. */
const messageRequest = z.looseObject({
  model: z.string().min(1),
  max_tokens: z.number().int().positive(),
  messages: z.array(z.looseObject({ role: z.string(), content })).min(1),
  system: content.optional(),
  stop_sequences: z.array(z.string()).optional(),
  tools: z
    .array(
      z.looseObject({ name: z.string(), description: z.string().optional(), input_schema: z.unknown().optional() }),
    )
    .optional(),
  tool_choice: z.looseObject({ type: z.string(), name: z.string().optional() }).optional(),
})

/** The chat that a request of Anthropic's messages asks for, or the error that Anthropic would answer. */
export function parseMessages(params: unknown): { readonly request: ChatRequest } | { readonly error: ApiError } {
  const parsed = messageRequest.safeParse(params)
  const chat = parsed.success ? chatRequest.safeParse(chatOf(parsed.data)) : parsed
  if (chat.success) return { request: chat.data }
  const [issue] = chat.error.issues
  const message = `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'no message'}`
  return { error: { status: 400, message, type: 'invalid_request_error' } }
}

function chatOf({ model, max_tokens, messages, system, stop_sequences, tools, tool_choice }: MessageRequest): unknown {
  return {
    model,
    max_tokens,
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: textOf(system) }]),
      ...messages.flatMap(({ role, content }) => turnsOf(role, content)),
    ],
    stop: stop_sequences,
    tools: tools?.map(({ name, description, input_schema: parameters }) => ({
      type: 'function',
      function: { name, description, parameters },
    })),
    tool_choice: toolChoiceOf(tool_choice),
  }
}

type MessageRequest = z.output<typeof messageRequest>

/** A turn of Anthropic's may be several of OpenAI's: each result of a tool is one. */
function turnsOf(role: string, content: string | readonly Block[]): readonly unknown[] {
  if (typeof content === 'string') return [{ role, content }]
  const results = content.filter(({ type }) => type === 'tool_result')
  const calls = content.filter(({ type }) => type === 'tool_use')
  const rest = content.filter(({ type }) => type !== 'tool_result' && type !== 'tool_use')
  const toolCalls = calls.map(({ id, name = '', input }) => ({
    id,
    function: { name, arguments: JSON.stringify(input ?? {}) },
  }))
  return [
    ...results.map((result) => ({ role: 'tool', tool_call_id: result.tool_use_id, content: textOf(result.content) })),
    ...(rest.length > 0 || calls.length > 0
      ? [{ role, content: textOf(rest), ...(calls.length > 0 && { tool_calls: toolCalls }) }]
      : []),
  ]
}

function textOf(content: string | readonly { readonly text?: string | undefined }[] | undefined): string {
  if (content === undefined || typeof content === 'string') return content ?? ''
  return content.map(({ text = '' }) => text).join('\n')
}

function toolChoiceOf(choice: MessageRequest['tool_choice']): unknown {
  if (choice === undefined) return undefined
  switch (choice.type) {
    case 'any':
      return 'required'
    case 'tool':
      return { type: 'function', function: { name: choice.name ?? '' } }
    default:
      return choice.type
  }
}

/** The body of a `message`, as Anthropic answers it. */
export function messageBody({ id, model, choices, usage }: Completion): Record<string, unknown> {
  const [choice] = choices
  const { promptTokens, cachedTokens, completionTokens } = usage
  return {
    id: id.replace('chatcmpl-', 'msg_'),
    type: 'message',
    role: 'assistant',
    model,
    content: choice === undefined ? [] : blocksOf(choice),
    stop_reason: stopReasons[choice?.finishReason ?? 'stop'] ?? 'end_turn',
    stop_sequence: null,
    usage: {
      // Anthropic's input tokens are those that no cache had.
      input_tokens: promptTokens - cachedTokens,
      cache_read_input_tokens: cachedTokens,
      cache_creation_input_tokens: 0,
      output_tokens: completionTokens,
      service_tier: 'batch',
    },
  }
}

const stopReasons: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
}

function blocksOf({ parts }: Choice): readonly unknown[] {
  const text = textIn(parts, (part) => part.type === 'content' || part.type === 'refusal')
  const calls = parts.flatMap((part) => {
    if (part.type !== 'tool-call') return []
    const written = textIn(parts, (other) => other.type === 'arguments' && other.toolIndex === part.toolIndex)
    // What the token limit has cut is no JSON.
    const input = jsonOf(written) ?? {}
    return [{ type: 'tool_use', id: part.id.replace('call_', 'toolu_'), name: part.name, input }]
  })
  return text === '' && calls.length > 0 ? calls : [{ type: 'text', text }, ...calls]
}

function textIn(parts: readonly AnswerPart[], isWanted: (part: AnswerPart) => boolean): string {
  return parts.map((part) => ('text' in part && isWanted(part) ? part.text : '')).join('')
}
