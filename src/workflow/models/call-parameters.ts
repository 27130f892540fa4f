import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'
import { extraParametersKey } from './language-model.ts'

type CallParameters = Pick<
  LanguageModelV3CallOptions,
  | 'maxOutputTokens'
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'presencePenalty'
  | 'frequencyPenalty'
  | 'seed'
  | 'stopSequences'
  | 'providerOptions'
>

const numbers = {
  max_tokens: 'maxOutputTokens',
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  seed: 'seed',
} as const

/**
 * Parameters as `models.yaml` and the tasks name them (those of OpenAI's interface), as the AI SDK takes them. What it has
 * no name for is sent as it is.
 */
export function callParametersOf(parameters: Readonly<Record<string, unknown>>): CallParameters {
  const known: Record<string, number> = {}
  const extra: NonNullable<LanguageModelV3CallOptions['providerOptions']>[string] = {}
  let stopSequences: string[] | undefined
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === null) continue
    if (isKnown(name) && typeof value === 'number') known[numbers[name]] = value
    else if (name === 'stop') stopSequences = [value].flat().map(String)
    else extra[name] = JSON.parse(JSON.stringify(value))
  }
  const providerOptions = Object.keys(extra).length > 0 ? { [extraParametersKey]: extra } : undefined
  return { ...known, stopSequences, providerOptions }
}

function isKnown(name: string): name is keyof typeof numbers {
  return name in numbers
}
