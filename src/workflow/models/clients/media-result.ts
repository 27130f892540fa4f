import type { LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import { extraParametersKey } from '../call-parameters.ts'

/** The answer of a model that makes images or speech, or transcribes, in the form of a chat. */
export function mediaResult(
  content: LanguageModelV3GenerateResult['content'],
  {
    headers,
    details,
    warnings = [],
  }: {
    readonly headers?: Readonly<Record<string, string>>
    /** What the service says of a transcription beside its text. */
    readonly details?: unknown
    readonly warnings?: LanguageModelV3GenerateResult['warnings']
  } = {},
): LanguageModelV3GenerateResult {
  const none = undefined
  return {
    content,
    finishReason: { unified: 'stop', raw: undefined },
    // What was used is read off the wire.
    usage: {
      inputTokens: { total: none, noCache: none, cacheRead: none, cacheWrite: none },
      outputTokens: { total: none, text: none, reasoning: none },
    },
    warnings,
    ...(headers === undefined ? {} : { response: { headers: { ...headers } } }),
    ...(details === undefined
      ? {}
      : { providerMetadata: { [extraParametersKey]: { details: JSON.parse(JSON.stringify(details)) } } }),
  }
}
