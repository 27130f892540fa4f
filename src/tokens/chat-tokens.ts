import { loadTokenizer, type Tokenizer } from './tokenizer.ts'

/** What a prompt is made of, in OpenAI's own names. */
export interface CountedChat {
  readonly messages: readonly CountedMessage[]
  readonly tools?: readonly CountedTool[] | null | undefined
  readonly response_format?:
    | { readonly type?: string; readonly json_schema?: { readonly schema?: unknown } | undefined }
    | null
    | undefined
}

/** A message of a chat; of its parts, texts and pictures are counted. */
export interface CountedMessage {
  readonly role: string
  readonly content?: string | readonly CountedPart[] | null | undefined
  readonly name?: string | null | undefined
  readonly tool_calls?:
    | readonly { readonly function?: { readonly name: string; readonly arguments: string } | undefined }[]
    | null
    | undefined
}

export interface CountedPart {
  readonly type: string
  readonly text?: string | undefined
  readonly image_url?: { readonly detail?: string | undefined } | undefined
}

interface CountedTool {
  readonly type?: string
  readonly function?:
    | {
        readonly name: string
        readonly description?: string | null | undefined
        readonly parameters?: Readonly<Record<string, unknown>> | null | undefined
      }
    | undefined
}

/** The text of a message; text parts are joined by newlines, pictures and sounds have none. */
export function textOf({ content }: Pick<CountedMessage, 'content'>): string {
  if (typeof content === 'string') return content
  return (content ?? []).flatMap((part) => (part.text === undefined ? [] : [part.text])).join('\n')
}

/** Tokens of a text in the encoding of a model. */
export async function countTokens({ text, model }: { text: string; model: string }): Promise<number> {
  return (await loadTokenizer(model)).count(text)
}

/** Prompt tokens of a chat: what a provider would report as `prompt_tokens`, exact for plain text on OpenAI's models. */
export async function countChatTokens(chat: CountedChat & { readonly model: string }): Promise<number> {
  return chatTokensOf(chat, await loadTokenizer(chat.model))
}

/**
 * Prompt tokens of a chat with a tokenizer already loaded. Source of the rules for messages and tools: OpenAI's cookbook,
 * "How to count tokens with tiktoken". Pictures, nested tool parameters and schemas are not in it: those are estimates.
 */
export function chatTokensOf(chat: CountedChat, tokenizer: Tokenizer): number {
  const priming = 3
  let tokens = priming
  for (const message of chat.messages) tokens += messageTokensOf(message, tokenizer)
  if (chat.tools?.length) tokens += toolTokensOf(chat.tools, tokenizer)
  const schema = chat.response_format?.json_schema?.schema
  if (schema !== undefined) tokens += tokenizer.count(JSON.stringify(schema) ?? '')
  return tokens
}

function messageTokensOf(message: CountedMessage, tokenizer: Tokenizer): number {
  const perMessage = 3
  const perName = 1
  let tokens = perMessage + tokenizer.count(message.role) + tokenizer.count(textOf(message))
  if (message.name) tokens += perName + tokenizer.count(message.name)
  for (const { function: called } of message.tool_calls ?? []) {
    if (called !== undefined) tokens += tokenizer.count(called.name) + tokenizer.count(called.arguments)
  }
  if (Array.isArray(message.content)) {
    for (const part of message.content) tokens += pictureTokensOf(part.image_url)
  }
  return tokens
}

/** Of a picture of 1024 x 1024, whose size the request does not tell. Source: OpenAI's vision guide for gpt-4o. */
function pictureTokensOf(picture: { readonly detail?: string | undefined } | undefined): number {
  if (picture === undefined) return 0
  const base = 85
  return picture.detail === 'low' ? base : base + 4 * 170
}

function toolTokensOf(tools: readonly CountedTool[], tokenizer: Tokenizer): number {
  const perFunction = tokenizer.encoding === 'o200k_base' ? 7 : 10
  const perList = 12
  let tokens = perList
  for (const { function: tool } of tools) {
    if (tool === undefined) continue
    tokens += perFunction + tokenizer.count(`${tool.name}:${withoutStop(tool.description ?? '')}`)
    tokens += propertyTokensOf(tool.parameters, tokenizer)
  }
  return tokens
}

function propertyTokensOf(schema: unknown, tokenizer: Tokenizer): number {
  const properties = isRecord(schema) && isRecord(schema.properties) ? Object.entries(schema.properties) : []
  if (properties.length === 0) return 0
  const perObject = 3
  const perProperty = 3
  const perEnum = -3
  const perEnumItem = 3
  let tokens = perObject
  for (const [name, property] of properties) {
    if (!isRecord(property)) continue
    tokens += perProperty
    const description = typeof property.description === 'string' ? withoutStop(property.description) : ''
    tokens += tokenizer.count(`${name}:${String(property.type)}:${description}`)
    if (Array.isArray(property.enum)) {
      tokens += perEnum
      for (const item of property.enum) tokens += perEnumItem + tokenizer.count(String(item))
    }
    tokens += propertyTokensOf(property, tokenizer) + propertyTokensOf(property.items, tokenizer)
  }
  return tokens
}

function withoutStop(sentence: string): string {
  return sentence.endsWith('.') ? sentence.slice(0, -1) : sentence
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
