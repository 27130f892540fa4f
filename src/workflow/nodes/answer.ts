import type { LanguageModelV3GenerateResult } from '@ai-sdk/provider'

/** What a model answered, as post-processors get it. */
export interface ModelAnswer {
  readonly content: string
  readonly finishReason: string
  /** The model's own reasoning, where it shows it. */
  readonly reasoning?: string
}

export function readAnswer({ content, finishReason }: LanguageModelV3GenerateResult): ModelAnswer {
  const textOf = (type: 'text' | 'reasoning') =>
    content.map((part) => (part.type === type && 'text' in part ? part.text : '')).join('')
  return { content: textOf('text'), finishReason: finishReason.unified, reasoning: textOf('reasoning') || undefined }
}
