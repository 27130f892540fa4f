import type { TokenClass } from '../../metadata/usage.ts'

/** What another table says that differs from ours, where no source has decided between them. */
export interface OtherPrice {
  readonly tokenClass: TokenClass
  readonly usdPerMillion: number
  /** The table and its day. */
  readonly source: string
}

/** What other tables say of a product that our own lists price otherwise. */
export function otherPrices({
  provider,
  product,
}: {
  readonly provider: string
  readonly product: string
}): OtherPrice[] {
  return undecided.flatMap(([seller, model, tokenClass, usdPerMillion, source]) =>
    seller === provider && model === product ? [{ tokenClass, usdPerMillion, source }] : [],
  )
}

// `npm run prices:update` lists what is to be decided; what was decided is in the test's table of decided prices.
const undecided: readonly (readonly [string, string, TokenClass, number, string])[] = [
  ['deepseek', 'deepseek-v3.2', 'input', 0.28, 'litellm of 2026-07-24'],
  ['deepseek', 'deepseek-v3.2', 'output', 0.4, 'litellm of 2026-07-24'],
  ['fireworks', 'llama-v3p1-8b-instruct', 'input', 0.1, 'litellm of 2026-07-24'],
  ['fireworks', 'llama-v3p1-8b-instruct', 'output', 0.1, 'litellm of 2026-07-24'],
  ['google', 'gemini-2.5-flash-lite', 'inputAudio', 0.5, 'litellm of 2026-07-24'],
  ['groq', 'gemma-7b-it', 'input', 0.05, 'litellm of 2026-07-24'],
  ['groq', 'gemma-7b-it', 'output', 0.08, 'litellm of 2026-07-24'],
  ['mistral', 'mistral-large', 'input', 3, 'litellm of 2026-07-24'],
  ['mistral', 'mistral-large', 'output', 9, 'litellm of 2026-07-24'],
  ['mistral', 'mistral-medium-3-1', 'input', 2.7, 'litellm of 2026-07-24'],
  ['mistral', 'mistral-medium-3-1', 'output', 8.1, 'litellm of 2026-07-24'],
  ['fireworks', 'gemma-3-27b-it', 'input', 0.9, 'litellm of 2026-07-24'],
  ['fireworks', 'gemma-3-27b-it', 'output', 0.9, 'litellm of 2026-07-24'],
  ['novita', 'meta-llama/llama-3.1-8b-instruct', 'input', 0.02, 'litellm of 2026-07-24'],
  ['novita', 'meta-llama/llama-3.3-70b-instruct', 'input', 0.135, 'litellm of 2026-07-24'],
  ['novita', 'meta-llama/llama-3.3-70b-instruct', 'output', 0.4, 'litellm of 2026-07-24'],
  ['novita', 'mistralai/mistral-nemo', 'input', 0.04, 'litellm of 2026-07-24'],
  ['fireworks', 'glm-5p2', 'cacheRead', 0.26, 'models.dev of 2026-07-02'],
  ['minimax', 'MiniMax-M2.5-highspeed', 'cacheRead', 0.06, 'models.dev of 2026-07-02'],
  ['perplexity', 'sonar', 'input', 0.25, 'node-llm of 2026-09-13'],
  ['perplexity', 'sonar', 'output', 2.5, 'node-llm of 2026-09-13'],
]
