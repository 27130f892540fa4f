/** One turn of a chat as it stands in a record's state. */
export interface ChatMessage {
  readonly role: ChatRole
  readonly content: string | readonly ContentPart[]
}

export type ChatRole = 'system' | 'user' | 'assistant'

export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: string | { readonly url: string } }
  | { readonly type: 'audio_url'; readonly audio_url: string | { readonly url: string } }

/** The state key of the chat; where an answer goes when its node names no key. */
export const chatKey = 'messages'

/** The turns of a chat within a value of the state; what is no turn is left out. */
export function chatMessagesOf(value: unknown): readonly ChatMessage[] {
  return Array.isArray(value) ? value.filter(isChatMessage) : []
}

/** The text of a turn; images and sounds are left out. */
export function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

function isChatMessage(value: unknown): value is ChatMessage {
  if (typeof value !== 'object' || value === null || !('role' in value) || !('content' in value)) return false
  const isRole = value.role === 'system' || value.role === 'user' || value.role === 'assistant'
  return isRole && (typeof value.content === 'string' || Array.isArray(value.content))
}
