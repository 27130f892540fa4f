/**
 * The names of OpenTelemetry's conventions for generative AI. Their branches disagree, so all that differs stands here:
 * https://github.com/open-telemetry/semantic-conventions/tree/v1.41.0/docs/gen-ai, and its successor
 * https://github.com/open-telemetry/semantic-conventions-genai, where nothing is stable yet.
 */
export interface Conventions {
  readonly cacheReadTokens: string
  readonly cacheWriteTokens: string
  readonly reasoningTokens: string
  readonly operationDuration: string
  readonly timeToFirstChunk: string
  /** One histogram by type of tokens, or one of each type. */
  readonly tokenHistograms: { readonly input: string; readonly output: string; readonly hasType: boolean }
  /** Attributes of a cost as they are proposed, where they are written. */
  readonly cost: { readonly amount: string; readonly currency: string; readonly source: string } | undefined
}

const shared = {
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
}

/** Version 1.41, the last with definitions of its own: the default. */
const version141: Conventions = {
  ...shared,
  cacheWriteTokens: 'gen_ai.usage.cache_creation.input_tokens',
  operationDuration: 'gen_ai.client.operation.duration',
  timeToFirstChunk: 'gen_ai.client.operation.time_to_first_chunk',
  tokenHistograms: { input: 'gen_ai.client.token.usage', output: 'gen_ai.client.token.usage', hasType: true },
  cost: undefined,
}

/** The successor as of November 2026, with the names that pull request 443 proposes for a cost. */
const latest: Conventions = {
  ...shared,
  cacheWriteTokens: 'gen_ai.usage.cache_write.input_tokens',
  operationDuration: 'gen_ai.client.inference.duration',
  timeToFirstChunk: 'gen_ai.client.inference.time_to_first_chunk',
  tokenHistograms: {
    input: 'gen_ai.client.inference.operation.input_tokens',
    output: 'gen_ai.client.inference.operation.output_tokens',
    hasType: false,
  },
  cost: {
    amount: 'gen_ai.usage.cost.amount',
    currency: 'gen_ai.usage.cost.currency',
    source: 'gen_ai.usage.cost.source',
  },
}

/** The names that `OTEL_SEMCONV_STABILITY_OPT_IN` asks for. */
export function conventionsFor(optIn: string | undefined): Conventions {
  return (optIn ?? '').split(',').some((name) => name.trim() === 'gen_ai_latest_experimental') ? latest : version141
}

/** The conventions' word for who serves a model, by ours; others are written as they are. */
const providerNames: Readonly<Record<string, string>> = {
  azure: 'azure.ai.openai',
  aws: 'aws.bedrock',
  google: 'gcp.gemini',
  mistral: 'mistral_ai',
  'x-ai': 'x_ai',
  moonshotai: 'moonshot_ai',
}

/** `host`: Google serves the same models in two places. */
export function providerNameOf(provider: string | undefined, host: string | undefined): string | undefined {
  if (provider === 'google' && host?.includes('aiplatform') === true) return 'gcp.vertex_ai'
  return provider === undefined ? undefined : (providerNames[provider] ?? provider)
}
