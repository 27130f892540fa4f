import type { FeeCount, Usage } from '../../metadata/usage.ts'
import { createCountReader } from '../count-table.ts'
import { memberOf } from '../json-value.ts'
import { normalUsage } from '../normal-usage.ts'

/** Where a provider or an operation departs from OpenAI's way of counting. */
export interface OpenaiUsageRules {
  /** The completion tokens are stated without the reasoning. */
  readonly isReasoningExtra?: boolean
  /** There is no output: an embedding. */
  readonly isInputOnly?: boolean
  /** Who answered, which tells how Google's models count. */
  readonly model?: string
  /** What the answer charges beside its usage. */
  readonly fees?: readonly FeeCount[]
}

/** The objects that split the input, under the names that OpenAI and its imitators give them. */
const inInput = (...names: readonly string[]) =>
  ['prompt_tokens_details', 'input_tokens_details', 'prompt_token_details', 'input_token_details'].flatMap((details) =>
    names.map((name) => `${details}.${name}`),
  )

const inOutput = (...names: readonly string[]) =>
  ['completion_tokens_details', 'output_tokens_details', 'output_token_details'].flatMap((details) =>
    names.map((name) => `${details}.${name}`),
  )

const writeLives = ['cache_creation', 'cache_creation_token_details', 'cache_write_details']
const writesWith = (life: string) => [
  ...writeLives.map((name) => `${name}.${life}`),
  ...inInput(...writeLives.map((name) => `${name}.${life}`)),
]

const readCounts = createCountReader(
  {
    input: ['prompt_tokens', 'input_tokens'],
    cacheRead: [
      ...inInput('cached_tokens', 'cache_read_tokens', 'cache_read_input_tokens'),
      // DeepSeek, vLLM and Mistral, Moonshot and Together, LiteLLM, others.
      ...['prompt_cache_hit_tokens', 'num_cached_tokens', 'cached_tokens', 'cache_read_input_tokens'],
      ...['cache_read_tokens', 'prompt_cache_read_tokens', 'cached_prompt_tokens', 'cached_input_tokens'],
    ],
    cachedAudio: inInput('cached_tokens_details.audio_tokens'),
    cachedImage: inInput('cached_tokens_details.image_tokens'),
    cacheWrite: [
      ...inInput('cache_write_tokens', 'cache_creation_tokens', 'cache_creation_input_tokens'),
      ...['cache_creation_input_tokens', 'cache_write_input_tokens', 'cache_write_tokens'],
      ...['prompt_cache_write_tokens', 'cache_creation_tokens'],
    ],
    cacheWrite5m: writesWith('ephemeral_5m_input_tokens'),
    cacheWrite1h: writesWith('ephemeral_1h_input_tokens'),
    inputAudio: inInput('audio_tokens'),
    inputImage: inInput('image_tokens'),
    inputVideo: inInput('video_tokens'),
    output: ['completion_tokens', 'output_tokens'],
    reasoning: [...inOutput('reasoning_tokens'), 'reasoning_tokens'],
    outputAudio: inOutput('audio_tokens'),
    outputImage: inOutput('image_tokens'),
    total: ['total_tokens'],
    webSearches: [
      ...['web_search_requests', 'server_tool_use.web_search_requests', 'server_tool_use_details.web_search_requests'],
      'server_side_tool_usage_details.web_search_calls',
    ],
    xSearches: ['server_side_tool_usage_details.x_search_calls'],
    fileSearches: [
      ...['file_search_calls', 'document_search_calls', 'collections_search_calls'].map(
        (name) => `server_side_tool_usage_details.${name}`,
      ),
    ],
    codeRuns: ['server_side_tool_usage_details.code_interpreter_calls'],
    searchSources: ['num_sources_used'],
    searchQueries: ['num_search_queries'],
    // Mistral's and OpenAI's, for sound.
    audioSeconds: ['prompt_audio_seconds', 'seconds'],
  },
  {
    harmless: {
      asOf: '2026-11-28',
      paths: [
        // Parts of the input and the output that are charged as text.
        ...inInput('text_tokens', 'cached_tokens_details.text_tokens'),
        ...inOutput('text_tokens', 'accepted_prediction_tokens', 'rejected_prediction_tokens'),
        // What was not in the cache, and what was no picture, which are in the input.
        ...['prompt_cache_miss_tokens', 'text_tokens'],
        // Times and rates of Groq, SambaNova and Cerebras.
        ...['queue_time', 'prompt_time', 'completion_time', 'total_time', 'start_time', 'end_time'],
        ...[
          'time_to_first_token',
          'time_to_first_token_ms',
          'total_latency',
          'acceptance_rate',
          'total_tokens_per_sec',
        ],
        ...['completion_tokens_per_sec', 'completion_tokens_after_first_per_sec'],
        ...['completion_tokens_after_first_per_sec_first_ten', 'completion_tokens_after_first_per_sec_graph'],
        // Searches on the provider's own side that xAI counts among the others, and tools of one's own.
        ...['num_server_side_tools_used', 'server_side_tool_usage_details.mcp_calls'],
      ],
    },
    measures: ['audioSeconds'],
    readElsewhere: ['cost', 'cost_in_usd_ticks', 'cost_details', 'estimated_cost', 'cost_in_nano_usd'],
  },
)

/**
 * The `usage` object of the OpenAI family: chat, completions, embeddings, Responses, images and sound, with the names that
 * vLLM, SGLang, DeepSeek, Mistral, Moonshot, Together, DashScope, OpenRouter and LiteLLM give to cached tokens.
 */
export function readOpenaiUsage(usage: unknown, rules: OpenaiUsageRules = {}): Usage | undefined {
  const { of, doubts: ofCounts } = readCounts(usage)
  const doubts = [...ofCounts, ...ownKeyDoubts(usage)]
  const short = of.cacheWrite5m ?? 0
  const long = of.cacheWrite1h
  // Writes whose life is not told live for five minutes, which is the default.
  const written = Math.max(of.cacheWrite ?? 0, short + (long ?? 0))
  const isWritten = of.cacheWrite !== undefined || of.cacheWrite5m !== undefined || long !== undefined
  return normalUsage({
    input: of.input,
    cacheRead: of.cacheRead,
    cachedAudio: of.cachedAudio,
    cacheWrite5m: isWritten ? written - (long ?? 0) : undefined,
    cacheWrite1h: long,
    inputAudio: less(of.inputAudio, of.cachedAudio),
    inputImage: less(of.inputImage, of.cachedImage),
    inputVideo: of.inputVideo,
    output: of.output,
    reasoning: of.reasoning,
    outputAudio: of.outputAudio,
    outputImage: of.outputImage,
    total: of.total,
    isReasoningExtra: rules.isReasoningExtra,
    isInputOnly: rules.isInputOnly,
    // Google's own models count their thinking in the total alone.
    isRestReasoning: isGemini(rules.model),
    fees: [...feesOf(usage, of), ...(rules.fees ?? [])],
    doubts,
  })
}

function feesOf(usage: unknown, of: ReturnType<typeof readCounts>['of']): readonly FeeCount[] {
  const fees: FeeCount[] = []
  const add = (unit: FeeCount['unit'], quantity: number | undefined, variant?: string) => {
    if (quantity !== undefined && quantity > 0)
      fees.push(variant === undefined ? { unit, quantity } : { unit, quantity, variant })
  }
  add('webSearch', of.webSearches)
  add('xSearch', of.xSearches)
  add('fileSearch', of.fileSearches)
  add('codeInterpreter', of.codeRuns)
  // xAI's live search is charged by the source.
  add('searchUnit', of.searchSources)
  add('webSearch', of.searchQueries)
  add('audioSecond', of.audioSeconds)
  // Perplexity charges each request by how much it searched.
  const size = memberOf(usage, 'search_context_size')
  if (typeof size === 'string') add('request', 1, size.slice(0, 32))
  return fees
}

/** Tokens of a kind that did not come from the cache, where they are counted once already. */
function less(tokens: number | undefined, cached: number | undefined): number | undefined {
  return tokens === undefined ? undefined : Math.max(0, tokens - (cached ?? 0))
}

function isGemini(model: string | undefined): boolean {
  return model !== undefined && /(^|[/.:])(gemini|gemma)-/i.test(model)
}

/** llama.cpp's `timings`, which come where usage was not asked for; its prompt count leaves the cached tokens out. */
export function readTimings(timings: unknown): Usage | undefined {
  const { of, doubts } = readTimingCounts(timings)
  return normalUsage({ input: of.input, cacheRead: of.cacheRead, output: of.output, isCacheExtra: true, doubts })
}

const readTimingCounts = createCountReader(
  { input: ['prompt_n'], cacheRead: ['cache_n'], output: ['predicted_n'] },
  {
    harmless: {
      asOf: '2026-11-28',
      paths: [
        ...['prompt_ms', 'prompt_per_token_ms', 'prompt_per_second', 'predicted_ms', 'predicted_per_token_ms'],
        ...['predicted_per_second', 'draft_n', 'draft_n_accepted'],
      ],
    },
  },
)

/** xAI counts money in ticks. Source: docs.x.ai, cost tracking, read 2026-11-23. */
const ticksPerUsd = 1e10

/**
 * The cost that OpenRouter, Perplexity, DeepInfra and xAI state in their usage, in USD. Of a 0 only OpenRouter means what it
 * says, of its free models: gateways fill one in for what they have no price of.
 */
export function reportedCostIn(usage: unknown, provider?: string): number | undefined {
  const stated = statedCostIn(usage)
  return stated === 0 && provider !== 'openrouter' ? undefined : stated
}

function statedCostIn(usage: unknown): number | undefined {
  const ticks = amountOf(memberOf(usage, 'cost_in_usd_ticks'))
  if (ticks !== undefined) return ticks / ticksPerUsd
  const cost = memberOf(usage, 'cost')
  const charged =
    amountOf(cost) ?? amountOf(memberOf(cost, 'total_cost')) ?? amountOf(memberOf(usage, 'estimated_cost'))
  // With one's own key, OpenRouter charges its fee only; the model's price goes to the key's owner.
  const upstream = amountOf(memberOf(memberOf(usage, 'cost_details'), 'upstream_inference_cost'))
  if (memberOf(usage, 'is_byok') !== true || charged === undefined) return charged
  return upstream === undefined ? undefined : charged + upstream
}

/** OpenRouter used a key of the caller's own, and does not tell what its owner pays. */
export function ownKeyDoubts(usage: unknown): readonly string[] {
  if (memberOf(usage, 'is_byok') !== true) return []
  const upstream = amountOf(memberOf(memberOf(usage, 'cost_details'), 'upstream_inference_cost'))
  return upstream === undefined ? ['the provider whose key it is charges for it, and what is not told'] : []
}

function amountOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
