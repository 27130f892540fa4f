/**
 * Why a model stopped, in one form for all providers: `stop` by itself, `length` at a limit of tokens, `tool_calls` to have
 * tools called, `content_filter` because something was refused, `error`. A reason that fits none stays the provider's word.
 */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error'

/** Words that several providers use, reduced to lower case, with what they mean. */
const meanings: Readonly<Record<FinishReason, readonly string[]>> = {
  stop: ['stop', 'end_turn', 'stop_sequence', 'complete', 'completed', 'finish', 'eos', 'eos_token', 'end'],
  length: [
    ...['length', 'max_tokens', 'max_output_tokens', 'max_length', 'max_token', 'model_length', 'token_limit'],
    ...['model_context_window_exceeded', 'context_length', 'max_new_tokens'],
  ],
  tool_calls: ['tool_calls', 'tool-calls', 'tool_use', 'tool_call', 'function_call'],
  content_filter: [
    ...['content_filter', 'content-filter', 'content_filtered', 'guardrail_intervened', 'refusal', 'safety'],
    ...['recitation', 'blocklist', 'prohibited_content', 'spii', 'image_safety', 'error_toxic'],
  ],
  error: ['error', 'failed', 'error_limit', 'malformed_function_call', 'malformed_response'],
}

const meaningOf: ReadonlyMap<string, string> = new Map(
  Object.entries(meanings).flatMap(([reason, words]) => words.map((word) => [word, reason])),
)

/** The reason in the common form, from any provider's word for it; a word that nobody knows stays as it is. */
export function normalFinishReason(word: string): string {
  return meaningOf.get(word.toLowerCase()) ?? word
}

/** True when the answer was cut off at a limit of tokens, in whatever provider's word. */
export function isTruncated({ finishReason }: { readonly finishReason?: string }): boolean {
  // Asked of every request: the usual words need no look into the table.
  if (finishReason === undefined || finishReason === 'stop') return false
  return finishReason === 'length' || normalFinishReason(finishReason) === 'length'
}
