import type { Completion } from './chat-body.ts'
import type { AnswerPart, Choice } from './completion.ts'
import { jsonOf } from './json-of.ts'

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
