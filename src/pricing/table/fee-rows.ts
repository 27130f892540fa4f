import type { FeeUnit } from '../../metadata/usage.ts'

/** Fees of a provider beside tokens. The price table knows some of them for some models. */
export interface FeeRow {
  readonly provider: string
  /** Models as the price table names them; left out for all of the provider. */
  readonly products?: RegExp
  readonly unit: FeeUnit
  /** USD for one unit, or by variant; left out where it is charged and nobody lists how much. */
  readonly usd?: number | Readonly<Record<string, number>>
  /** Every request uses some, and only its answer tells how many. */
  readonly isExpected?: boolean
  /** First day on which it holds, `YYYY-MM-DD`. */
  readonly from?: string
  readonly isPerRequest?: boolean
  readonly isOncePerRequest?: boolean
  readonly doubt?: string
  /** The page that says so and the day it was read, or the tables that have it and their days. */
  readonly source: string
}

const openAi = 'https://developers.openai.com/api/docs/pricing, read 2026-11-28'
const azure = 'https://azure.microsoft.com/pricing/details/cognitive-services/openai-service/, read 2026-11-23'
const gemini = 'https://ai.google.dev/gemini-api/docs/pricing, read 2026-11-28'
const anthropic = 'https://platform.claude.com/docs/en/about-claude/pricing, read 2026-11-28'
const imagen =
  'https://ai.google.dev/gemini-api/docs/pricing, by https://github.com/Portkey-AI/models/pull/674 of 2026-04-12'
const xAi = 'https://docs.x.ai/developers/pricing.md, a stored copy read 2026-11-28'
const liveSearch = 'https://docs.x.ai/docs/guides/live-search, a stored copy read 2026-11-28'
const perplexity = 'https://docs.perplexity.ai/getting-started/pricing, read 2026-11-28'
const portkey = 'Portkey-AI/models, 2026-08-21'
const twoTables = 'Portkey-AI/models, 2026-08-21, and LiteLLM table, 2026-07-24'

const training = 'Portkey-AI/models, 2026-08-21'
const trainingOf35 = 'https://openai.com/blog/gpt-3-5-turbo-fine-tuning-and-api-updates of 2023-08-22'

const searchPreviews = /^gpt-4o(?:-mini)?-search-preview/
const containers =
  'https://modeldex.dev/news/openai-switches-container-sessions-to-per-minute-billing-with-a-5-minute-minimum, a stored copy read 2026-11-28'
const perMinute = 'a container is charged by the minute from 5 minutes on, and the answer does not tell how long it ran'
const fixedBlock = 'each search also costs a fixed block of 8,000 input tokens, which may not be in the counted tokens'

/** The first row that fits a unit and its variant counts. */
export const feeRows: readonly FeeRow[] = [
  // OpenAI: "web search preview" of models that do not reason costs $25 for 1,000 calls, with its content free.
  { provider: 'openai', products: searchPreviews, unit: 'webSearch', usd: 0.025, isPerRequest: true, source: openAi },
  { provider: 'openai', products: /deep-research/, unit: 'webSearch', usd: 0.01, isExpected: true, source: openAi },
  { provider: 'azure', products: /deep-research/, unit: 'webSearch', isExpected: true, source: azure },
  { provider: 'openai', products: /-search-api/, unit: 'webSearch', usd: 0.01, isPerRequest: true, source: openAi },
  { provider: 'openai', products: /^gpt-4(?:o|\.1)/, unit: 'webSearch', usd: { preview: 0.025 }, source: openAi },
  { provider: 'openai', unit: 'webSearch', usd: { preview: 0.01 }, source: openAi },
  {
    provider: 'openai',
    products: /^gpt-4(?:o|\.1)-mini/,
    unit: 'webSearch',
    usd: 0.01,
    doubt: fixedBlock,
    source: openAi,
  },
  { provider: 'openai', unit: 'webSearch', usd: 0.01, source: openAi },
  { provider: 'openai', unit: 'fileSearch', usd: 0.0025, source: openAi },
  // Since 2026-06-02 a container costs by the minute, at least 5 minutes: a quarter of the session of 20 minutes.
  {
    provider: 'openai',
    unit: 'codeInterpreter',
    usd: { '4g': 0.03, '16g': 0.12, '64g': 0.48 },
    from: '2026-06-02',
    doubt: perMinute,
    source: containers,
  },
  {
    provider: 'openai',
    unit: 'codeInterpreter',
    usd: 0.0075,
    from: '2026-06-02',
    doubt: perMinute,
    source: containers,
  },
  { provider: 'openai', unit: 'codeInterpreter', usd: { '4g': 0.12, '16g': 0.48, '64g': 1.92 }, source: openAi },
  { provider: 'openai', unit: 'codeInterpreter', usd: 0.03, source: openAi },
  { provider: 'openai', products: /moderation/, unit: 'request', usd: { moderation: 0 }, source: openAi },
  {
    provider: 'openai',
    products: /^sora-2$/,
    unit: 'videoSecond',
    usd: { '720x1280': 0.1, '1280x720': 0.1 },
    source: 'https://developers.openai.com/api/docs/models/sora-2, a stored copy read 2026-11-28',
  },
  {
    provider: 'openai',
    products: /^sora-2-pro$/,
    unit: 'videoSecond',
    usd: {
      '720x1280': 0.3,
      '1280x720': 0.3,
      '1024x1792': 0.5,
      '1792x1024': 0.5,
      '1080x1920': 0.7,
      '1920x1080': 0.7,
    },
    source: portkey,
  },
  // Fine-tuning, by example or by preference, is charged by the token that was trained on; a model may be tuned again.
  ...[
    { products: /^(?:ft:)?gpt-4o-mini/, perMillion: 3, source: training },
    { products: /^(?:ft:)?gpt-4o(?!-mini)/, perMillion: 25, source: training },
    { products: /^(?:ft:)?gpt-4\.1-nano/, perMillion: 1.5, source: training },
    { products: /^(?:ft:)?gpt-4\.1-mini/, perMillion: 5, source: training },
    { products: /^(?:ft:)?gpt-4\.1(?!-mini|-nano)/, perMillion: 25, source: training },
    { products: /^(?:ft:)?gpt-3\.5-turbo/, perMillion: 8, source: trainingOf35 },
  ].map(
    ({ perMillion, ...row }): FeeRow => ({ provider: 'openai', unit: 'trainedToken', usd: perMillion / 1e6, ...row }),
  ),
  { provider: 'openai', products: /^tts-1(?!-hd)/, unit: 'character', usd: 0.000015, source: twoTables },
  { provider: 'openai', products: /^tts-1-hd/, unit: 'character', usd: 0.00003, source: twoTables },
  {
    provider: 'openai',
    products: /^dall-e-3/,
    unit: 'image',
    usd: {
      'standard 1024x1024': 0.04,
      'standard 1024x1792': 0.08,
      'standard 1792x1024': 0.08,
      'hd 1024x1024': 0.08,
      'hd 1024x1792': 0.12,
      'hd 1792x1024': 0.12,
    },
    source: portkey,
  },
  {
    provider: 'openai',
    products: /^dall-e-2/,
    unit: 'image',
    usd: { '1024x1024': 0.02, '512x512': 0.018, '256x256': 0.016 },
    source: portkey,
  },

  // Anthropic: a search is charged; reading a page is not. Code execution is charged by the hour beyond a free allowance,
  // and the answer does not tell the time.
  { provider: 'anthropic', unit: 'webSearch', usd: 0.01, source: anthropic },
  { provider: 'anthropic', unit: 'toolCall', usd: { webFetch: 0, web_fetch: 0 }, source: anthropic },

  // Gemini: up to 2.5 a prompt that was grounded is charged once, however many queries it took; from 3 on each query.
  {
    provider: 'google',
    products: /^gemini-(?:1|2)/,
    unit: 'grounding',
    usd: 0.035,
    isOncePerRequest: true,
    source: gemini,
  },
  { provider: 'google', products: /^gemini-(?:[3-9]|flash|pro)/, unit: 'grounding', usd: 0.014, source: gemini },
  {
    provider: 'google',
    products: /^gemini-(?:1|2)/,
    unit: 'mapsGrounding',
    usd: 0.025,
    isOncePerRequest: true,
    source: gemini,
  },
  { provider: 'google', products: /^gemini-(?:[3-9]|flash|pro)/, unit: 'mapsGrounding', usd: 0.014, source: gemini },

  // Imagen is charged by the image, whatever its size. Of Veo, which is charged by the second, the tables differ by twice.
  { provider: 'google', products: /^imagen-4\.0-ultra-/, unit: 'image', usd: 0.06, source: imagen },
  { provider: 'google', products: /^imagen-[34]\.0-fast-/, unit: 'image', usd: 0.02, source: imagen },
  { provider: 'google', products: /^imagen-[34]\.0-generate-/, unit: 'image', usd: 0.04, source: imagen },

  // xAI: what its servers do for a model; live search was charged by the source.
  { provider: 'x-ai', unit: 'webSearch', usd: 0.005, source: xAi },
  { provider: 'x-ai', unit: 'xSearch', usd: 0.005, source: xAi },
  { provider: 'x-ai', unit: 'codeInterpreter', usd: 0.005, source: xAi },
  { provider: 'x-ai', unit: 'fileSearch', usd: 0.0025, source: xAi },
  { provider: 'x-ai', unit: 'searchUnit', usd: 0.025, source: liveSearch },

  // Perplexity: each request has a fee that rises with the size of the search context.
  {
    provider: 'perplexity',
    products: /^sonar(?:-reasoning)?$/,
    unit: 'request',
    usd: { low: 0.005, medium: 0.008, high: 0.012 },
    isPerRequest: true,
    source: perplexity,
  },
  {
    provider: 'perplexity',
    products: /^sonar(?:-reasoning)?-pro$/,
    unit: 'request',
    usd: { low: 0.006, medium: 0.01, high: 0.014 },
    isPerRequest: true,
    source: perplexity,
  },
  { provider: 'perplexity', products: /^sonar-deep-research/, unit: 'webSearch', usd: 0.005, source: perplexity },

  // Mistral charges for its connectors, but no page or table with their price could be read: a request that used one costs
  // at least what its tokens cost.
  {
    provider: 'moonshotai',
    unit: 'webSearch',
    usd: 0.005,
    source: 'https://platform.kimi.ai/docs/pricing/tools, a stored copy read 2026-11-28',
  },
  {
    provider: 'cohere',
    products: /^rerank-(?:v3\.5|(?:english|multilingual)-v3\.0)$/,
    unit: 'searchUnit',
    usd: 0.002,
    source: twoTables,
  },
  { provider: 'cohere', products: /^rerank-v4\.0-fast$/, unit: 'searchUnit', usd: 0.002, source: portkey },
  { provider: 'cohere', products: /^rerank-v4\.0-pro$/, unit: 'searchUnit', usd: 0.0025, source: portkey },
]
