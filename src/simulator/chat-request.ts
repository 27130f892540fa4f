import { z } from 'zod'
import { textOf } from '../tokens/chat-tokens.ts'

const contentPart = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  image_url: z.looseObject({ detail: z.string().optional() }).optional(),
})

const toolCall = z.looseObject({
  id: z.string().optional(),
  function: z.looseObject({ name: z.string(), arguments: z.string().default('') }).optional(),
})

const message = z.looseObject({
  role: z.string(),
  content: z.union([z.string(), z.array(contentPart)]).nullish(),
  name: z.string().nullish(),
  tool_calls: z.array(toolCall).nullish(),
  tool_call_id: z.string().nullish(),
})

const tool = z.looseObject({
  type: z.string(),
  function: z
    .looseObject({
      name: z.string(),
      description: z.string().nullish(),
      parameters: z.record(z.string(), z.unknown()).nullish(),
    })
    .optional(),
})

/** A request of OpenAI's chat completions, as far as the simulator looks at it; other fields pass unread. */
export const chatRequest = z.looseObject({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.number().int().positive().nullish(),
  max_completion_tokens: z.number().int().positive().nullish(),
  n: z.number().int().min(1).max(128).nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  reasoning_effort: z.string().nullish(),
  modalities: z.array(z.string()).nullish(),
  service_tier: z.string().nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: z
    .union([z.string(), z.looseObject({ type: z.string(), function: z.looseObject({ name: z.string() }).optional() })])
    .nullish(),
  response_format: z
    .looseObject({
      type: z.string(),
      json_schema: z.looseObject({ schema: z.unknown().optional() }).optional(),
    })
    .nullish(),
})

/** The body of a request, in OpenAI's own names. */
export type ChatRequest = z.output<typeof chatRequest>
export type ChatMessage = ChatRequest['messages'][number]

/** True where the answer is to be speech. */
export function asksForSpeech({ modalities }: Pick<ChatRequest, 'modalities'>): boolean {
  return modalities?.includes('audio') === true
}

/** What the model is told to do: the system and developer messages, or else the first message. */
export function instructionsOf(request: Pick<ChatRequest, 'messages'>): string {
  const instructions = request.messages.filter(isInstruction)
  const sources = instructions.length > 0 ? instructions : request.messages.slice(0, 1)
  return sources.map(textOf).join('\n')
}

/** The conversation without its system and developer messages. */
export function turnsOf(request: Pick<ChatRequest, 'messages'>): ChatMessage[] {
  return request.messages.filter((message) => !isInstruction(message))
}

/** True for system and developer messages. */
export function isInstruction(message: ChatMessage): boolean {
  return message.role === 'system' || message.role === 'developer'
}
