import type { PriceBlock, PriceRow } from './price-row.ts'

/** Rows of the price table that are stale or that it cannot express, and names that need a word of their own. */
export const correctionBlocks: readonly PriceBlock[] = [
  ...deepSeek(),
  {
    provider: 'aws',
    source: 'https://github.com/BerriAI/litellm/issues/14639 (long prompts of Sonnet 4 and 4.5), read 2026-11-28',
    rows: [
      sonnetWithLongPrompts('regional.anthropic.claude-sonnet-4-20250514-v1:0', 3),
      sonnetWithLongPrompts('global.anthropic.claude-sonnet-4-20250514-v1:0', 3),
      sonnetWithLongPrompts('regional.anthropic.claude-sonnet-4-5-20250929-v1:0', 3.3),
      sonnetWithLongPrompts('global.anthropic.claude-sonnet-4-5-20250929-v1:0', 3),
    ],
  },
  {
    provider: 'google',
    source: 'LiteLLM table, 2026-07-24: vertex_ai/claude-sonnet-4 and gemini-2.0-flash-001',
    rows: [
      sonnetWithLongPrompts('claude-4-sonnet', 3),
      {
        model: 'gemini-2.0-flash',
        places: 'vertex',
        input: 0.15,
        cacheRead: 0.0375,
        inputAudio: 1,
        output: 0.6,
      },
    ],
  },
  {
    provider: 'google',
    source: 'LiteLLM table, 2026-07-24: it has these aliases at the price of 2.5, and no day from which',
    rows: [
      {
        model: 'gemini-flash-latest gemini-flash-lite-latest gemini-pro-latest',
        unpriced: 'the alias moves from model to model at days that no list tells; name the model in prices.yaml',
      },
    ],
  },
  {
    provider: 'anthropic',
    source: 'https://github.com/BerriAI/litellm/issues/14639 (long prompts of Sonnet 4), read 2026-11-28',
    rows: [sonnetWithLongPrompts('claude-sonnet-4-0', 3)],
  },
  {
    provider: 'aws',
    source: 'AWS Price List of 2026-09-09, by https://github.com/anomalyco/models.dev/pull/6597, read 2026-11-28',
    rows: [
      { model: 'amazon.nova-pro-v1:0', places: 'eu', input: 0.92, cacheRead: 0.23, output: 3.68 },
      { model: 'amazon.nova-lite-v1:0', places: 'eu', input: 0.069, cacheRead: 0.01725, output: 0.276 },
      { model: 'amazon.nova-micro-v1:0', places: 'eu', input: 0.04, cacheRead: 0.01, output: 0.16 },
      { model: 'amazon.nova-pro-v1:0', places: 'apac', input: 0.84, cacheRead: 0.21, output: 3.36 },
      { model: 'amazon.nova-lite-v1:0', places: 'apac', input: 0.063, cacheRead: 0.01575, output: 0.252 },
      { model: 'amazon.nova-micro-v1:0', places: 'apac', input: 0.037, cacheRead: 0.00925, output: 0.148 },
      { model: 'regional.amazon.nova-2-lite-v1:0', places: 'jp', input: 0.396, cacheRead: 0.099, output: 3.311 },
      { model: 'regional.amazon.nova-2-lite-v1:0', places: 'eu', input: 0.374, cacheRead: 0.0935, output: 3.157 },
    ],
  },
  {
    provider: 'aws',
    source: 'https://github.com/BerriAI/litellm/issues/42469 of 2026-09-22, read 2026-11-28',
    rows: [{ model: 'nvidia.nemotron-super-3-120b:0', places: 'eu-west-2', input: 0.23, output: 1.01 }],
  },
  {
    provider: 'azure',
    source:
      'https://azure.microsoft.com/pricing/details/cognitive-services/openai-service/, by Portkey-AI/models (2026-08-21) and LiteLLM (2026-07-24)',
    rows: [
      { model: 'o4-mini', input: 1.1, cacheRead: 0.275, output: 4.4 },
      {
        model: 'gpt-4o-realtime-preview-2024-10-01',
        input: 5,
        cacheRead: 2.5,
        inputAudio: 100,
        output: 20,
        outputAudio: 200,
      },
    ],
  },
  {
    provider: 'azure',
    source:
      'https://azure.microsoft.com/pricing/details/ai-foundry-models/, by https://github.com/BerriAI/litellm/issues/9862 and Portkey-AI/models (2026-08-21)',
    rows: [
      { model: 'phi-3-mini-128k-instruct', input: 0.13, output: 0.52 },
      { model: 'phi-3-medium-128k-instruct', input: 0.17, output: 0.68 },
      { model: 'phi-3.5-mini-128k-instruct', input: 0.13, output: 0.52 },
      { model: 'phi-4', input: 0.125, output: 0.5 },
      { model: 'phi-4-reasoning-plus', input: 0.125, output: 0.5 },
      { model: 'phi-4-multimodal-instruct', input: 0.08, output: 0.32 },
      { model: 'deepseek-v3.2', input: 0.58, output: 1.68 },
      { model: 'deepseek-r1 deepseek-r1-0528', input: 1.35, output: 5.4 },
      { model: 'deepseek-v4-pro', input: 1.74, output: 3.48 },
      { model: 'deepseek-v4-flash', input: 0.19, output: 0.51 },
      { model: 'grok-3', input: 3, output: 15 },
      { model: 'grok-3-mini', input: 0.25, output: 1.27 },
    ],
  },
  {
    provider: 'groq',
    source: 'https://console.groq.com/docs/models, by Portkey-AI/models (2026-08-21), read 2026-11-28',
    rows: [{ model: 'openai/gpt-oss-safeguard-20b', input: 0.075, cacheRead: 0.037, output: 0.3 }],
  },
  {
    provider: 'mistral',
    source: 'https://docs.mistral.ai/inference/pricing, by mistralai/platform-docs-public of 2026-08-21',
    rows: [
      { model: 'mistral-small-latest', from: '2026-03-16', input: 0.15, cacheRead: 0.015, output: 0.6 },
      {
        model: 'mistral-large-latest',
        from: '2025-12-02',
        until: '2026-10-06',
        input: 0.5,
        cacheRead: 0.05,
        output: 1.5,
      },
      {
        model: 'mistral-large-latest',
        from: '2026-10-06',
        unpriced: 'Mistral Large 4 came on 2026-10-06, and no list tells whether the alias has moved to it',
      },
      { model: 'ministral-3b-latest', from: '2025-12-02', input: 0.1, cacheRead: 0.01, output: 0.1 },
      { model: 'ministral-14b-latest', from: '2025-12-02', input: 0.2, cacheRead: 0.02, output: 0.2 },
    ],
  },
  {
    provider: 'mistral',
    source: 'https://vercel.com/ai-gateway/models/mistral-large-4, read 2026-11-28',
    rows: [
      {
        model: 'mistral-large-4 mistral-large-4-0',
        from: '2026-10-06',
        until: '2026-10-20',
        input: 0.68,
        output: 2.09,
      },
      { model: 'mistral-large-4 mistral-large-4-0', from: '2026-10-20', input: 1.36, output: 4.18 },
    ],
  },
  {
    provider: 'together',
    source: 'https://www.together.ai/pricing, by Portkey-AI/models (2026-08-21) and LiteLLM (2026-07-24)',
    rows: [{ model: 'mistralai/mixtral-8x7b-instruct-v0.1', input: 0.6, output: 0.6 }],
  },
  {
    provider: 'x-ai',
    source: 'https://docs.x.ai/developers/models, by https://github.com/theopenco/llmgateway/issues/2037 of 2026-04-20',
    rows: [
      {
        model: 'grok-4-0709',
        input: 3,
        cacheRead: 0.75,
        output: 15,
        long: { above: 128_000, input: 6, output: 30 },
      },
      ...[
        'grok-4-fast-reasoning',
        'grok-4-fast-non-reasoning',
        'grok-4-1-fast-reasoning',
        'grok-4-1-fast-non-reasoning',
      ].map((model) => ({
        model,
        input: 0.2,
        cacheRead: 0.05,
        output: 0.5,
        long: { above: 128_000, input: 0.4, output: 1 },
      })),
    ],
  },
  {
    provider: 'openai',
    source: 'Portkey-AI/models, 2026-08-21, and LiteLLM table, 2026-07-24, agree',
    rows: [
      { model: 'ft:gpt-4.1-2025-04-14', input: 3, cacheRead: 0.75, output: 12 },
      { model: 'ft:gpt-4.1-mini-2025-04-14', input: 0.8, cacheRead: 0.2, output: 3.2 },
      { model: 'ft:gpt-4.1-nano-2025-04-14', input: 0.2, cacheRead: 0.05, output: 0.8 },
      { model: 'ft:o4-mini-2025-04-16', input: 4, cacheRead: 1, output: 16 },
    ],
  },
  {
    provider: 'openai',
    source: 'Portkey-AI/models, 2026-08-21, and LiteLLM table, 2026-07-24',
    rows: [
      // These have no tokens that are charged: their fees are among the fees.
      { model: 'tts-1 tts-1-1106' },
      { model: 'tts-1-hd tts-1-hd-1106' },
      { model: 'dall-e-3' },
      { model: 'dall-e-2' },
      { model: 'sora-2' },
      { model: 'sora-2-pro' },
      { model: 'omni-moderation-latest omni-moderation-2024-09-26 text-moderation-latest text-moderation-stable' },
      { model: 'gpt-4o-mini-search-preview gpt-4o-mini-search-preview-2025-03-11', input: 0.15, output: 0.6 },
      { model: 'gpt-5-search-api gpt-5-search-api-2025-10-14', input: 1.25, cacheRead: 0.125, output: 10 },
      { model: 'davinci-002', input: 2, output: 2 },
      { model: 'babbage-002', input: 0.4, output: 0.4 },
    ],
  },
  {
    provider: 'google',
    source: 'Portkey-AI/models, 2026-04-12: charged by the image, see the fees',
    rows: [
      { model: 'imagen-4.0-generate-001 imagen-4.0-generate-preview-06-06' },
      { model: 'imagen-4.0-ultra-generate-001 imagen-4.0-ultra-generate-preview-06-06' },
      { model: 'imagen-4.0-fast-generate-001 imagen-4.0-fast-generate-preview-06-06' },
      { model: 'imagen-3.0-generate-001 imagen-3.0-generate-002' },
      { model: 'imagen-3.0-fast-generate-001' },
    ],
  },
  {
    provider: 'cohere',
    source: 'Portkey-AI/models, 2026-08-21: charged by the search, see the fees',
    rows: [
      { model: 'rerank-v3.5' },
      { model: 'rerank-english-v3.0' },
      { model: 'rerank-multilingual-v3.0' },
      { model: 'rerank-v4.0-fast' },
      { model: 'rerank-v4.0-pro' },
    ],
  },
]

// Above 200,000 tokens Sonnet 4 and 4.5 cost twice for input and one and a half times for output.
function sonnetWithLongPrompts(model: string, input: number): PriceRow {
  const at = (factor: number) => Math.round(input * factor * 1e6) / 1e6
  return {
    model,
    input,
    cacheRead: at(0.1),
    cacheWrite5m: at(1.25),
    cacheWrite1h: at(2),
    output: at(5),
    long: {
      above: 200_000,
      input: at(2),
      cacheRead: at(0.2),
      cacheWrite5m: at(2.5),
      cacheWrite1h: at(4),
      output: at(7.5),
    },
  }
}

/**
 * DeepSeek by date and hour. Cheaper hours ended on 2025-09-05 and came back on 2026-08-16 with other windows; since 2026-08-23
 * weekends and holidays in China are off-peak all day. The old names were shut on 2026-07-24.
 */
function deepSeek(): PriceBlock[] {
  const peak = '01:00-04:00 06:00-10:00'
  const v4 = '2026-08-16T16:00'
  const weekends = '2026-08-23'
  const v41 = '2026-09-10T04:00'
  // The holidays of 2026 that fall on weekdays, by the General Office of the State Council (2025, No. 7).
  const holidays = '2026-09-25..2026-09-27 2026-10-01..2026-10-07'
  const everyDay = `${peak} daily`
  const chat = 'deepseek-chat deepseek-reasoner'
  const flash = 'deepseek-v4-flash deepseek-v4-flash-vision-exp'
  const flashPeak = { input: 0.44, cacheRead: 0.014, output: 1.32 }
  const newFlash = 'deepseek-flash deepseek-v4-flash deepseek-v4-flash-vision-exp'
  const pro = 'deepseek-v4-pro'
  const proPeak = { input: 1.32, cacheRead: 0.044, output: 3.96 }
  const source = 'https://api-docs.deepseek.com/quick_start/pricing and /updates, read 2026-11-28'
  return [
    {
      provider: 'deepseek',
      source,
      rows: [
        { model: chat, from: '2025-09-05T16:00', until: '2025-09-29', input: 0.56, cacheRead: 0.07, output: 1.68 },
        { model: chat, from: '2025-09-29', until: '2026-04-24', input: 0.28, cacheRead: 0.028, output: 0.42 },
        { model: chat, from: '2026-04-24', until: '2026-07-24', input: 0.14, cacheRead: 0.0028, output: 0.28 },
        {
          model: chat,
          from: '2026-07-24',
          unpriced: 'DeepSeek shut this name on 2026-07-24; it is deepseek-flash now',
        },
        { model: flash, until: v4, input: 0.14, cacheRead: 0.0028, output: 0.28 },
        { model: flash, from: v4, until: weekends, hours: everyDay, ...flashPeak },
        { model: flash, from: weekends, until: v41, hours: peak, holidays, ...flashPeak },
        { model: flash, from: v4, until: v41, input: 0.22, cacheRead: 0.007, output: 0.66 },
        { model: newFlash, from: v41, hours: peak, holidays, input: 0.3, cacheRead: 0.006, output: 1.2 },
        { model: newFlash, from: v41, input: 0.15, cacheRead: 0.003, output: 0.6 },
        { model: pro, until: v4, input: 0.435, cacheRead: 0.003625, output: 0.87 },
        { model: pro, from: v4, until: weekends, hours: everyDay, ...proPeak },
        { model: pro, from: weekends, hours: peak, holidays, ...proPeak },
        { model: pro, from: v4, input: 0.66, cacheRead: 0.022, output: 1.98 },
        {
          model: 'deepseek-v3.2 deepseek-v3.2-exp deepseek-v3.1-terminus',
          unpriced: "DeepSeek's own API sells no model under this name; the table has another seller's price",
        },
      ],
    },
  ]
}
