import { isRecord, memberOf, textOf } from './json-value.ts'
import type { RequestInHand } from './wire-format.ts'

/** Names of parameters that are numbers, switches or short words in every API that has them. */
const parameterNames: ReadonlySet<string> = new Set([
  ...['temperature', 'top_p', 'top_k', 'min_p', 'typical_p', 'top_a', 'tfs_z', 'topP', 'topK'],
  ...['max_tokens', 'max_completion_tokens', 'max_output_tokens', 'max_new_tokens', 'min_tokens', 'maxTokens'],
  ...['maxOutputTokens', 'maxTokenCount', 'max_gen_len', 'num_predict', 'num_ctx', 'truncate', 'max_tool_calls'],
  ...['n', 'best_of', 'candidateCount', 'seed', 'random_seed', 'do_sample', 'use_beam_search', 'length_penalty'],
  ...['presence_penalty', 'frequency_penalty', 'repetition_penalty', 'repeat_penalty', 'repeat_last_n'],
  ...['presencePenalty', 'frequencyPenalty', 'mirostat', 'mirostat_eta', 'mirostat_tau'],
  ...['logprobs', 'top_logprobs', 'prompt_logprobs', 'top_n_tokens', 'responseLogprobs', 'echo', 'details'],
  ...['decoder_input_details', 'return_full_text', 'watermark', 'ignore_eos', 'safe_prompt'],
  ...['reasoning_effort', 'effort', 'verbosity', 'think', 'thinkingBudget', 'thinkingLevel', 'includeThoughts'],
  ...['budget_tokens', 'service_tier', 'speed', 'inference_geo', 'store', 'background', 'parallel_tool_calls'],
  ...['size', 'quality', 'response_format', 'voice', 'language', 'input_type', 'top_n', 'task'],
  ...['encoding_format', 'dimensions', 'outputDimensionality', 'prompt_cache_retention'],
])

const shortWord = /^[\w.:-]{1,32}$/

/** The parameters of a call found in these objects, later ones first; texts, lists and unknown names are left out. */
export function parametersIn(...sources: readonly unknown[]): Readonly<Record<string, unknown>> {
  const parameters: Record<string, unknown> = {}
  for (const source of sources) {
    if (!isRecord(source)) continue
    for (const name of Object.keys(source)) {
      if (parameterNames.has(name) && isScalar(source[name])) parameters[name] = source[name]
    }
  }
  return parameters
}

function isScalar(value: unknown): boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return true
  return typeof value === 'string' && shortWord.test(value)
}

/** The model that a body names. */
export function modelIn(body: unknown): string | undefined {
  return textOf(memberOf(body, 'model'))
}

/** True when the body has all these members, or could not be read. */
export function hasMembers({ body }: RequestInHand, ...names: readonly string[]): boolean {
  return body === undefined || (isRecord(body) && names.every((name) => body[name] !== undefined))
}
