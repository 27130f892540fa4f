import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'

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

type ExtraParameters = NonNullable<LanguageModelV3CallOptions['providerOptions']>[string]

const numbers = {
  max_tokens: 'maxOutputTokens',
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  seed: 'seed',
} as const

/** The name under which parameters that the common interface does not know are handed to the client. */
export const extraParametersKey = 'sygra'

/**
 * Parameters as `models.yaml` and the tasks name them (those of OpenAI's interface), as the AI SDK takes them. What it has
 * no name for is sent as it is.
 */
export function callParametersOf(parameters: Readonly<Record<string, unknown>>): CallParameters {
  const known: Record<string, number> = {}
  for (const [name, value] of Object.entries(parameters)) {
    if (isKnown(name) && typeof value === 'number') known[numbers[name]] = value
  }
  const { stop } = parameters
  const stopSequences = isNothing(stop) ? undefined : [stop].flat().map(String)
  const extra = extraParametersOf(parameters)
  const providerOptions = Object.keys(extra).length > 0 ? { [extraParametersKey]: extra } : undefined
  return { ...known, stopSequences, providerOptions }
}

/** Parameters that the AI SDK has no name for, as plain JSON. */
export function extraParametersOf(parameters: Readonly<Record<string, unknown>>): ExtraParameters {
  const extra: ExtraParameters = {}
  for (const [name, value] of Object.entries(parameters)) {
    if (isNothing(value) || name === 'stop' || (isKnown(name) && typeof value === 'number')) continue
    extra[name] = JSON.parse(JSON.stringify(value))
  }
  return extra
}

function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

function isKnown(name: string): name is keyof typeof numbers {
  return name in numbers
}
